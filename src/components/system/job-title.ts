import { JOB_KINDS, type JobKind } from "~/domain/job";

/** Every kind of job in words. */
export const JOB_KIND_NAMES: Record<JobKind, string> = {
  backup: "Backup",
  restore: "Restore",
  "browse-disk": "Look into a folder",
  "dry-run": "Dry run",
  "find-gaps": "Search for gaps",
  "update-agent": "Update of the agent",
  "restore-on-server": "Restore onto the server",
  "make-parcel": "Pack for another client",
  "remove-parcel": "Remove a parcel",
  "provision-client": "Prepare client",
  "remove-client": "Remove client",
  "create-repository": "Make repository",
  audit: "Audit",
  "list-folder": "Read folder",
  "stream-files": "Download files",
  drill: "Restore drill",
  catalog: "Write the catalog",
  "trash-archives": "Move archives to the trash",
  "bring-back-archives": "Bring archives back",
  "protect-archives": "Protect archives",
  prune: "Apply retention",
  compact: "Compact the repository",
  "roll-back": "Roll the repository back",
  "accept-state": "Accept the repository as it is",
  "release-old-seals": "Release old seals",
  "set-vault-rules": "Change vault rules",
  check: "Check the repository",
  "move-repository": "Move the repository",
  "repair-repository": "Repair the repository",
  "undo-repair": "Undo the repair",
  "break-lock": "Break the lock",
  "set-quota": "Change the quota",
  "set-client-quota": "Change the client's quota",
  "inspect-import": "Read a repository to import",
  "adopt-repository": "Take in a repository",
  "mark-for-deletion": "Begin the grace period",
  "undo-deletion": "Keep a removed repository",
  "delete-repository": "Delete a removed repository",
};

/** "Backup of web-01 · etc and home"; work of the server is named first and then whose it is for: "Roll back · web-01". */
export function jobTitle(job: { kind: JobKind; clientName: string; planName: string | null }): string {
  const of = JOB_KINDS[job.kind].executor === "agent" ? " of " : " · ";
  const what = `${JOB_KIND_NAMES[job.kind]}${of}${job.clientName}`;
  return job.planName ? `${what} · ${job.planName}` : what;
}
