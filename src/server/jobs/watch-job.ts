import { isEnded } from "~/domain/job";
import type { Authorized } from "~/domain/permission";
import { changeFeed } from "../change-feed";
import type { Ctx } from "../context";
import { doorbell } from "../doorbell";
import { untilShutdown } from "../shutdown";
import { getJob, type JobDetail } from "./get-job";
import { listLog, readLogTail, type ShownLogLine } from "./list-log";

export type JobEvent = { type: "job"; job: JobDetail } | { type: "log"; lines: ShownLogLine[] };

/** Shortest pause between two looks at one job. */
const PAUSE_MS = 250;
const LINES_AT_ONCE = 500;

/**
 * A job as it goes: first how it stands and the last lines of its log (with `after`: the lines since), then every change. Ends
 * after the job has, or with `signal`. Refuses not-found.
 */
export async function* watchJob(
  ctx: Ctx,
  may: Authorized<"view">,
  input: { jobId: string; after?: string | null | undefined; signal?: AbortSignal | undefined },
): AsyncGenerator<JobEvent> {
  const feed = await changeFeed();
  const { signal, release } = untilShutdown(input.signal);
  const bell = doorbell();
  const stop = feed.onChange((change) => {
    if (change === null || (change.entity === "job" && change.id === input.jobId)) bell.ring();
  });
  let after = input.after ?? null;
  try {
    while (!signal.aborted) {
      const job = await getJob({ ...ctx, now: new Date() }, may, { jobId: input.jobId });
      yield { type: "job", job };
      for (;;) {
        const lines =
          after === null
            ? await readLogTail(ctx, may, { jobId: input.jobId, limit: LINES_AT_ONCE })
            : (await listLog(ctx, may, { jobId: input.jobId, after, limit: LINES_AT_ONCE })).lines;
        const read = after !== null && lines.length === LINES_AT_ONCE;
        after = lines.at(-1)?.cursor ?? after ?? "0-0";
        if (lines.length > 0) yield { type: "log", lines };
        if (!read) break;
      }
      if (isEnded(job.state) && job.silentSince === null) return;
      await doorbell().wait({ ms: PAUSE_MS, signal });
      await bell.wait({ signal });
    }
  } finally {
    stop();
    release();
  }
}
