import { JOB_KINDS, type JobKind, QUICK_KINDS, type WorkerJobKind } from "~/domain/job";
import { changeFeed } from "~/server/change-feed";
import { makeContext } from "~/server/context";
import { doorbell } from "~/server/doorbell";
import { claimJob, retakeOwnJobs } from "~/server/jobs/claim-job";
import { log } from "~/server/log";
import { type RunningJob, type RunSettings, runJob } from "./run-job";

export interface ClaimSettings extends RunSettings {
  storageNodeId: string;
  /** How many jobs of any kind at once. */
  slots: number;
  /** Further places for what a person waits for. */
  quickSlots: number;
  /** A look without a wake: for back-offs that end, and for a wake that was lost with a connection. */
  sweepMs: number;
}

export const CLAIMING = { slots: 3, quickSlots: 2, sweepMs: 2000 };

/** Places for downloads alone: they last as long as somebody's line is slow, and neither wait for other work nor hold it up. */
const STREAM_PLACES = 4;

const OTHER_KINDS = (Object.keys(JOB_KINDS) as JobKind[]).filter(
  (kind): kind is WorkerJobKind => JOB_KINDS[kind].executor === "worker" && kind !== "stream-files",
);

export interface Claiming {
  /** Takes nothing new, waits `graceMs` for what runs, hands the rest back. */
  stop(graceMs: number): Promise<void>;
}

/** Claims this node's jobs and runs them, some at once, until stopped. First takes back what this worker held when it last died. */
export async function startClaiming(settings: ClaimSettings): Promise<Claiming> {
  const heldBy = `worker@${settings.storageNodeId}`;
  const running = new Map<string, RunningJob>();
  const bell = doorbell();
  const stopping = new AbortController();
  const feed = await changeFeed();
  const unlisten = feed.onChange((change) => {
    if (change === null || change.wake === "worker") bell.ring();
    if (change?.entity === "job" && change.wake === "worker") running.get(change.id)?.check();
  });
  await retakeOwnJobs(makeContext({ kind: "worker" }), { heldBy });

  const claimOne = async (): Promise<boolean> => {
    const streams = [...running.values()].filter((run) => run.job.kind === "stream-files").length;
    const free = settings.slots - (running.size - streams);
    const mayStream = streams < STREAM_PLACES;
    if (free + settings.quickSlots <= 0 && !mayStream) return false;
    // The first audits of many large repositories leave the last place to what a person waits for.
    const audits = [...running.values()].filter((run) => run.job.kind === "audit").length;
    const mayAudit = audits < settings.slots + settings.quickSlots - 1;
    // Checks and drills take as long as they may: one place is always left for other work that is not quick.
    const isCheck = (kind: WorkerJobKind) => kind === "check" || kind === "drill";
    const checks = [...running.values()].filter((run) => isCheck(run.job.kind)).length;
    const mayCheck = checks < Math.max(1, settings.slots - 1);
    const others = free > 0 ? OTHER_KINDS : free + settings.quickSlots > 0 ? QUICK_KINDS : [];
    const kinds: WorkerJobKind[] = others.filter(
      (kind) => (mayAudit || kind !== "audit") && (mayCheck || !isCheck(kind)),
    );
    if (mayStream) kinds.push("stream-files");
    const ctx = makeContext({ kind: "worker" });
    const job = await claimJob(ctx, { storageNodeId: settings.storageNodeId, heldBy, kinds });
    if (!job) return false;
    const run = runJob(job, settings);
    running.set(job.id, run);
    void run.done.then(() => {
      // A clock that jumped ahead makes us take a job of our own for lost: by then its next run may stand here.
      if (running.get(job.id) === run) running.delete(job.id);
      bell.ring();
    });
    return true;
  };
  const loop = (async () => {
    while (!stopping.signal.aborted) {
      try {
        while (!stopping.signal.aborted && (await claimOne()));
      } catch (problem) {
        // An outage of the database is waited out; jobs that run keep their own watch.
        log().warn({ err: problem }, "no job could be claimed");
      }
      await bell.wait({ ms: settings.sweepMs, signal: stopping.signal });
    }
  })();
  return {
    async stop(graceMs) {
      stopping.abort();
      await loop;
      unlisten();
      const all = () => Promise.all([...running.values()].map((run) => run.done));
      await Promise.race([all(), new Promise((resolve) => setTimeout(resolve, graceMs).unref())]);
      for (const run of running.values()) run.stop();
      await all();
    },
  };
}
