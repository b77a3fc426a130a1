import { randomBytes } from "node:crypto";
import { CalledOff } from "~/domain/called-off";
import type { EndedState } from "~/domain/job";
import type { JobProblem } from "~/domain/job-payload";
import { WORKER_LEASE_SECONDS } from "~/domain/lease";
import { Refusal } from "~/domain/refusal";
import { sayTimedOut } from "~/domain/time-limit";
import { makeContext } from "~/server/context";
import { isDatabaseAway } from "~/server/database-away";
import type { ClaimedJob } from "~/server/jobs/claim-job";
import { endHeldJob, handBack, keepHold, putOff } from "~/server/jobs/worker-jobs";
import { KeeperProblem } from "~/server/keeper-port";
import { log } from "~/server/log";
import { boundKeeper, type CallKeeper } from "./bound-keeper";
import { handlers } from "./handlers";

/** Why a job is stopped in the middle: a person, the clock, this worker's end, or somebody else who has it now. */
type StopReason = "cancelled" | "time-limit" | "worker-stops" | "lease-lost";

export interface RunningJob {
  readonly job: ClaimedJob;
  /** Settles when the job's fate is written, or cannot be. Never rejects. */
  readonly done: Promise<void>;
  /** Look now whether a person wants it stopped. */
  check(): void;
  /** Stops it and hands it back. */
  stop(): void;
}

export interface RunSettings {
  callKeeper: CallKeeper;
  /** How often the lease is renewed. A third of it: two may fail. */
  heartbeatMs: number;
}

export const HEARTBEAT_MS = (WORKER_LEASE_SECONDS / 3) * 1000;

/** Does a claimed job to its end: renews its lease, watches its time limit and cancellation, writes what came of it. */
export function runJob(job: ClaimedJob, settings: RunSettings): RunningJob {
  const stopping = new AbortController();
  const stop = (reason: StopReason) => stopping.abort(reason);
  const handler = handlers[job.kind];
  const limitSeconds = limitOf(job);
  const check = () => renew(job, stop);
  const heartbeat = setInterval(check, settings.heartbeatMs);
  const limit = setTimeout(() => stop("time-limit"), limitSeconds * 1000);
  const keeper = boundKeeper(settings.callKeeper, {
    signal: stopping.signal,
    timeoutMs: limitSeconds * 1000,
  });
  const work = async () => {
    try {
      const { result, warning } = await handler.run(makeContext({ kind: "worker" }), keeper, job);
      const end = { state: warning ? "warned" : "succeeded", result, problem: warning ?? null } as const;
      await endHeldJob(makeContext({ kind: "worker" }), holdOf(job), end);
    } catch (problem) {
      const reason: StopReason | null = stopping.signal.aborted ? stopping.signal.reason : null;
      await writeFate(job, problem, reason);
    }
  };
  const done = work()
    .catch((problem: unknown) => {
      // The outcome could not be written; the lease runs out and the job is tried again.
      log().error({ err: problem, jobId: job.id, kind: job.kind }, "a job's end could not be written");
    })
    .finally(() => {
      clearInterval(heartbeat);
      clearTimeout(limit);
    });
  return { job, done, check, stop: () => stop("worker-stops") };
}

function limitOf(job: ClaimedJob): number {
  return job.limitSeconds ?? handlers[job.kind].limitSeconds;
}

function holdOf(job: ClaimedJob) {
  return { jobId: job.id, lease: job.lease };
}

/** An unreachable database is not a lost lease: the lease itself decides when it is back. */
function renew(job: ClaimedJob, stop: (reason: StopReason) => void): void {
  keepHold(makeContext({ kind: "worker" }), holdOf(job)).then(
    ({ held, cancel }) => {
      if (!held) stop("lease-lost");
      else if (cancel) stop("cancelled");
    },
    (problem: unknown) => log().warn({ err: problem, jobId: job.id }, "the lease could not be renewed"),
  );
}

async function writeFate(job: ClaimedJob, problem: unknown, reason: StopReason | null): Promise<void> {
  const ctx = makeContext({ kind: "worker" });
  const hold = holdOf(job);
  if (reason === "lease-lost") return;
  if (reason === "worker-stops") {
    await handBack(ctx, hold);
    return;
  }
  if (reason === null && problem instanceof KeeperProblem && problem.passes) {
    await putOff(ctx, hold, { code: problem.code, say: `${problem.say} It is tried again by itself.` });
    return;
  }
  if (isDatabaseAway(problem)) throw problem;
  await endHeldJob(ctx, hold, endOf(job, problem, reason));
}

function endOf(
  job: ClaimedJob,
  problem: unknown,
  reason: StopReason | null,
): { state: EndedState; problem: JobProblem } {
  if (reason === "cancelled") {
    return { state: "cancelled", problem: { code: "cancelled", say: "Cancelled while it was under way." } };
  }
  if (reason === "time-limit") {
    return { state: "failed", problem: sayTimedOut(limitOf(job)) };
  }
  if (problem instanceof CalledOff) {
    return { state: "cancelled", problem: { code: "cancelled", say: problem.say } };
  }
  if (problem instanceof KeeperProblem || problem instanceof Refusal) {
    return { state: "failed", problem: { code: problem.code, say: problem.say } };
  }
  const reference = randomBytes(5).toString("hex");
  log().error({ err: problem, reference, jobId: job.id, kind: job.kind }, "fault");
  const say = `The server could not do this. Its log says why, under the reference ${reference}.`;
  return { state: "failed", problem: { code: "server-fault", say } };
}
