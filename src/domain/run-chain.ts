import type { EndedState, JobKind, WorkerJobKind } from "./job";

/**
 * What follows a job of a kind when it has ended, in the same run. A backup is followed by an audit however it ended, for one that
 * failed or was cancelled may have committed; a new repository too, so that its key is in escrow at once. An audit that found the
 * repository clean (it ends as `succeeded`, one that did not as `warned`) is followed by retention if its plan has rules for it.
 * What never reached whoever would do it changed nothing: nothing follows.
 */
export function followUps(
  job: { kind: JobKind; everHandedOut: boolean; planKeeps: boolean },
  state: EndedState,
): Extract<WorkerJobKind, "audit" | "prune">[] {
  if (!job.everHandedOut) return [];
  if (job.kind === "backup") return ["audit"];
  if (state !== "succeeded") return [];
  if (job.kind === "create-repository") return ["audit"];
  if (job.kind === "audit" && job.planKeeps) return ["prune"];
  return [];
}
