import type { JobState } from "./job";

/** A job that we believe a machine has. */
export interface OutstandingJob {
  id: string;
  state: Extract<JobState, "assigned" | "running">;
  lease: number;
  cancelRequested: boolean;
}

/** What a machine says it has. */
export interface HeldJob {
  jobId: string;
  lease: number;
}

export type Reconciled =
  /** The machine has it: its lease runs anew. */
  | "keep"
  /** It never arrived (a lost answer): back into the queue, to be handed out under a new lease. */
  | "hand-out-again"
  /** It never arrived, and nobody wants it any more. */
  | "cancel"
  /** The machine had begun it and has it no more. */
  | "lost"
  /** Another holder is at work under the current lease; what this one says about an older lease changes nothing. */
  | "leave";

/**
 * Compares one job we gave out with what the machine says it holds. Only for jobs that were given out before this poll was sent:
 * the machine cannot name one that is on its way. A job that never reported is only undelivered, so giving it again is right and
 * failing it would be a lie; one that had begun and is gone was lost with the agent.
 */
export function reconcile(job: OutstandingJob, holding: readonly HeldJob[]): Reconciled {
  const held = holding.find((candidate) => candidate.jobId === job.id);
  if (held?.lease === job.lease) return "keep";
  if (job.state === "assigned") return job.cancelRequested ? "cancel" : "hand-out-again";
  return held ? "leave" : "lost";
}
