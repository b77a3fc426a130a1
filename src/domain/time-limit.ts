import type { AgentJobKind, EndedState } from "./job";
import type { JobProblem } from "./job-payload";
import { formatDuration } from "./quantity";

const HOUR = 3600;

/**
 * Seconds after which a machine's job is stopped unless its plan says otherwise. Far more than such work takes: a limit is for what hangs,
 * and a job that is merely slow and quiet is none of that, its heartbeat says that it lives.
 */
export const AGENT_LIMIT_SECONDS: Record<AgentJobKind, number> = {
  backup: 24 * HOUR,
  restore: 24 * HOUR,
  "browse-disk": 300,
  "dry-run": 2 * HOUR,
  "find-gaps": HOUR,
  // The agent itself waits a day at most until no backup runs.
  "update-agent": 26 * HOUR,
};

export const TIMED_OUT = "timed-out";

/** Why a job is being stopped by its limit, while it stops and afterwards. */
export function sayTimedOut(limitSeconds: number): JobProblem {
  const say = `It ran longer than ${formatDuration(limitSeconds)}, so it was stopped. If it needs that long, give it a longer limit.`;
  return { code: TIMED_OUT, say };
}

/**
 * What the end of a job that was asked to stop is: cancelled, or failed where it was its time limit that asked. `problem` is what stood on
 * the job while it was stopping.
 */
export function endOfStopped(problem: JobProblem | null): { state: EndedState; problem: JobProblem } | null {
  return problem?.code === TIMED_OUT ? { state: "failed", problem } : null;
}
