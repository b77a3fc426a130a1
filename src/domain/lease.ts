import type { EndedState, JobState } from "./job";
import { isEnded } from "./job";

/** The problem code of a failure that is only our guess: the lease ran out without a word. A late true result replaces it. */
export const AGENT_SILENT = "agent-silent";

/** Seconds a worker's job survives without a heartbeat. Short: the worker stands beside the database, so silence means death. */
export const WORKER_LEASE_SECONDS = 30;

/** How often a worker may die over one job before the job fails: the job itself may be what kills it. */
export const MOST_WORKER_ATTEMPTS = 5;

/** What we know of a job when somebody reports on it. */
export interface LeasedJob {
  state: JobState;
  lease: number;
  problemCode: string | null;
}

export type ReportVerdict =
  /** Somebody else holds the job now, or it was never handed out under this lease. */
  | { kind: "stale" }
  /** It ended before, truly: nothing changes, the reporter may forget it. */
  | { kind: "already-ended" }
  /** It is under way: store the word. */
  | { kind: "take" }
  /** We had given it up for lost, and it lives: it runs again, or its true end replaces our guess. */
  | { kind: "revive" };

/**
 * Decides what a report under `lease` may do. The fencing token alone says who holds the job; a job that was handed out again
 * since is never touched by its former holder. A failure that was only our guess gives way to the truth under the same lease.
 */
export function judgeReport(job: LeasedJob, lease: number): ReportVerdict {
  if (lease !== job.lease) return { kind: "stale" };
  if (job.state === "assigned" || job.state === "running") return { kind: "take" };
  if (isEnded(job.state)) return isGuess(job) ? { kind: "revive" } : { kind: "already-ended" };
  return { kind: "stale" };
}

/** Whether a failure is our guess from silence and not somebody's word. */
export function isGuess(job: Pick<LeasedJob, "state" | "problemCode">): boolean {
  return job.state === "failed" && job.problemCode === AGENT_SILENT;
}

/** What becomes of a worker's job whose worker is gone: another try, or the end after {@link MOST_WORKER_ATTEMPTS}. */
export function afterLostWorker(attempts: number): "queued" | Extract<EndedState, "failed"> {
  return attempts < MOST_WORKER_ATTEMPTS ? "queued" : "failed";
}

/** Seconds until a job is tried again whose storage was out of reach: doubling from 2 s, at most a minute. */
export function backOffSeconds(failures: number): number {
  return Math.min(60, 2 ** Math.min(Math.max(failures, 1), 6));
}
