import { setTimeout as wait } from "node:timers/promises";
import type { BbsClient } from "~/api-client/create-bbs-client";
import { type EndedState, isEnded } from "~/domain/job";
import { JobFailed } from "./exit-code";
import { oneLine, showInstant } from "./output";
import type { Session } from "./session";
import { describeJob, describeProgress, type ShownJob } from "./show-job";

/** Shortest time between two progress lines for people. */
const QUIET_MS = 2000;

/** The option of every command that queues work. */
export interface Watched {
  watch?: boolean;
}

/** What a command answers that has queued a job: at once what it did, or with `--watch` the job as it goes. */
export async function followIf(
  session: Session,
  jobId: string,
  options: Watched,
  say: string,
): Promise<void> {
  if (options.watch) await followJob(await session.bbs(), jobId, session);
  else session.out().print({ jobId }, say);
}

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

async function untilEnded(bbs: BbsClient, id: string, session: Session): Promise<ShownJob> {
  const show = shower(session);
  let after: string | null = null;
  for (;;) {
    const { last, cursor } = await oneSubscription(bbs, { id, after }, session, show);
    if (last && isEnded(last.state)) return last;
    // The server closes subscriptions when it restarts.
    after = cursor;
    await wait(1000);
  }
}

type Message = { type: "job"; job: ShownJob } | { type: "log"; lines: readonly LogLine[] };
type LogLine = { cursor: string; at: Date; level: string; message: string };

/** Until the server ends the stream: the last state and the last log line that came. The last lines come after the end state. */
function oneSubscription(
  bbs: BbsClient,
  input: { id: string; after: string | null },
  session: Session,
  show: (message: Message) => void,
): Promise<{ last: ShownJob | null; cursor: string | null }> {
  let last: ShownJob | null = null;
  let cursor = input.after;
  return new Promise((resolve, reject) => {
    bbs.jobs.watch.subscribe(input, {
      onData: (message) => {
        show(message);
        if (message.type === "job") last = message.job;
        else cursor = message.lines.at(-1)?.cursor ?? cursor;
      },
      onConnectionStateChange: ({ state, error }) => {
        if (state === "connecting" && error) session.note("Lost the server; trying again.");
      },
      onError: reject,
      onComplete: () => resolve({ last, cursor }),
    });
  });
}

/** Shows each log line once and, for people, progress not more often than they can read. */
function shower(session: Session): (message: Message) => void {
  const out = session.out();
  const seen = new Set<string>();
  let shownAt = 0;
  let shownState = "";
  return (message) => {
    if (message.type === "job") {
      const { job } = message;
      const due = Date.now() - shownAt >= QUIET_MS || job.state !== shownState;
      if (due) [shownAt, shownState] = [Date.now(), job.state];
      return out.event(message, due && !isEnded(job.state) ? describeProgress(job) : null);
    }
    // After a lost connection the log may come from its beginning again.
    for (const line of message.lines.filter(({ cursor }) => !seen.has(cursor))) {
      seen.add(line.cursor);
      const text = `${showInstant(line.at)} ${line.level}: ${oneLine(line.message)}`;
      out.event({ type: "log", line }, line.level === "debug" ? null : text);
    }
  };
}
