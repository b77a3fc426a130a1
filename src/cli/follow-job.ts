import type { BbsClient } from "~/api-client/create-bbs-client";
import { type EndedState, isEnded } from "~/domain/job";
import { JobFailed } from "./exit-code";
import { oneLine, showInstant } from "./output";
import type { Session } from "./session";
import { describeJob, describeProgress, type ShownJob } from "./show-job";

/** Shortest time between two progress lines for people. */
const QUIET_MS = 2000;

/**
 * Follows a job by the server's events until it has ended, through restarts of the server. For programs: one JSON line per event,
 * the last one is `{type: "end", job, ...extra}`. Throws JobFailed unless it ended in one of `good`.
 */
export async function followJob(
  bbs: BbsClient,
  id: string,
  session: Session,
  extra: Record<string, unknown> = {},
  good: EndedState[] = ["succeeded", "warned"],
): Promise<void> {
  const out = session.out();
  // Asked once first: a wrong id or an unreachable server is an error at once, not a subscription that tries for ever.
  const first = await bbs.jobs.get.query({ id });
  const last = isEnded(first.state) ? first : await untilEnded(bbs, id, session);
  out.event({ type: "end", job: last, ...extra }, describeJob(last));
  if (isEnded(last.state) && good.includes(last.state)) return;
  throw new JobFailed(
    last.problem?.code ?? last.state,
    last.problem?.say ?? `The job ended as ${last.state}.`,
  );
}

function untilEnded(bbs: BbsClient, id: string, session: Session): Promise<ShownJob> {
  const out = session.out();
  let shownAt = 0;
  let shownState = "";
  return new Promise((resolve, reject) => {
    const watching = bbs.jobs.watch.subscribe(
      { id },
      {
        onData: (message) => {
          if (message.type === "log") {
            for (const line of message.lines)
              out.event(
                { type: "log", line },
                line.level === "debug"
                  ? null
                  : `${showInstant(line.at)} ${line.level}: ${oneLine(line.message)}`,
              );
            return;
          }
          const { job } = message;
          const due = Date.now() - shownAt >= QUIET_MS || job.state !== shownState;
          if (due) {
            shownAt = Date.now();
            shownState = job.state;
          }
          out.event({ type: "job", job }, due ? describeProgress(job) : null);
          if (!isEnded(job.state)) return;
          watching.unsubscribe();
          resolve(job);
        },
        onConnectionStateChange: ({ state, error }) => {
          if (state === "connecting" && error) session.note("Lost the server; trying again.");
        },
        onError: reject,
      },
    );
  });
}
