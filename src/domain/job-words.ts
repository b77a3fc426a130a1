import type { JobKind, JobState } from "./job";

/** Where a job stands in a sentence, with what it waits for. `by` is the machine or the server's own worker. */
export function standingOf(
  job: {
    kind: JobKind;
    state: JobState;
    cancelRequestedAt: Date | null;
    silentSince: Date | null;
    problem: { say: string } | null;
  },
  by: { name: string; online: boolean | null },
): string {
  const ended = ["succeeded", "warned", "failed", "cancelled"].includes(job.state);
  if (!ended && job.cancelRequestedAt !== null && job.state !== "queued") {
    return `Stopping: waiting for ${by.name} to say that borg has really ended.`;
  }
  switch (job.state) {
    case "queued":
      if (job.problem) return job.problem.say;
      return by.online === false
        ? `Waiting: ${by.name} is not connected. It starts as soon as the machine is back.`
        : `Waiting for ${by.name} to take it. Another job for the same repository or machine may be in front.`;
    case "assigned":
      return `${by.name} has it and is about to start.`;
    case "running":
      return `Running on ${by.name}.`;
    case "blocked":
      return "Blocked: it waits for a person.";
    case "succeeded":
      return DONE[job.kind];
    case "warned":
      return `${DONE[job.kind]} There are warnings.`;
    case "failed":
      return job.silentSince === null ? "It failed." : `${by.name} stopped answering.`;
    case "cancelled":
      return "It was cancelled before it was done.";
  }
}

const DONE: Record<JobKind, string> = {
  backup: "The backup is complete and committed.",
  restore: "The restore is done.",
  "browse-disk": "The folder was read.",
  "dry-run": "The dry run is done.",
  "find-gaps": "The machine was searched for what no plan covers.",
  "update-agent": "The agent runs in the new version, which has shown that it works.",
  "restore-on-server": "The files are on the storage server.",
  "make-parcel": "What was selected is packed for the other machine.",
  "remove-parcel": "The parcel of the restore is gone.",
  "provision-client": "The client is set up.",
  "remove-client": "The client is removed.",
  "create-repository": "The repository is ready.",
  audit: "The repository was audited.",
  "list-folder": "The folder was read.",
  "stream-files": "The browser has all of it.",
  drill: "The drill is done.",
  catalog: "The catalog is up to date.",
  "trash-archives": "The archives are in the trash.",
  "bring-back-archives": "The archives are back.",
  "protect-archives": "The protection was changed.",
  prune: "Retention was applied.",
  compact: "The repository was compacted.",
  "roll-back": "The repository is back at its last clean state.",
  "accept-state": "The repository was accepted as it is.",
  "release-old-seals": "The old seals were released.",
  "set-vault-rules": "The vault rules were changed.",
  check: "The repository was read again.",
  "break-lock": "Nobody was in; no lock is left.",
  "move-repository": "The repository lies in the other location.",
  "repair-repository": "The repair is done and waits for a decision.",
  "undo-repair": "The repository is as it was before the repair.",
  "set-quota": "The quota is in force.",
  "set-client-quota": "The quota of the client is in force.",
  "inspect-import": "The folder was read; nothing was taken yet.",
  "adopt-repository": "The repository was taken in.",
  "mark-for-deletion": "The grace period has begun.",
  "undo-deletion": "The repository stays.",
  "delete-repository": "The repository was deleted for good.",
};
