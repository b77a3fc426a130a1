import type { EndedState, JobKind, WorkerJobKind } from "./job";

/**
 * What follows a job of a kind when it has ended, in the same run. A backup that may have committed an archive is followed by
 * reading the archive list, so that the ledger has it; one that failed or was cancelled commits nothing that is worth an entry.
 */
export function followUps(kind: JobKind, state: EndedState): WorkerJobKind[] {
  if (kind === "backup" && (state === "succeeded" || state === "warned")) return ["audit"];
  return [];
}
