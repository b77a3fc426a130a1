import type { JobKind } from "./job";
import type { Action } from "./permission";

/** What one must be allowed to do to cancel or retry a job of a kind: the same as to start it. */
const ACTION_OF_KIND = {
  backup: "backup",
  restore: "restore",
  "browse-disk": "browse-live-disk",
  "dry-run": "browse-live-disk",
  "find-gaps": "browse-live-disk",
  "update-agent": "manage-clients",
  "restore-on-server": "restore",
  "make-parcel": "restore",
  "remove-parcel": "restore",
  "provision-client": "manage-clients",
  "remove-client": "manage-clients",
  "create-repository": "manage-repositories",
  audit: "maintenance",
  "list-folder": "restore",
  "stream-files": "restore",
  drill: "maintenance",
  catalog: "maintenance",
  "trash-archives": "delete-archives",
  "bring-back-archives": "delete-archives",
  "protect-archives": "delete-archives",
  prune: "maintenance",
  compact: "maintenance",
  "roll-back": "maintenance",
  // These three are an admin's to ask for; whoever may do everything with the client may cancel them.
  "accept-state": "manage-clients",
  "release-old-seals": "manage-clients",
  "set-vault-rules": "manage-clients",
  check: "maintenance",
  "break-lock": "maintenance",
  "move-repository": "manage-repositories",
  "repair-repository": "manage-repositories",
  "undo-repair": "manage-repositories",
  "set-quota": "manage-repositories",
  "set-client-quota": "manage-clients",
  "inspect-import": "manage-clients",
  "adopt-repository": "manage-clients",
  "mark-for-deletion": "manage-repositories",
  "undo-deletion": "manage-repositories",
  "delete-repository": "manage-repositories",
} as const satisfies Record<JobKind, Action>;

export type JobAction = (typeof ACTION_OF_KIND)[JobKind];

export function actionOfJob(kind: JobKind): JobAction {
  return ACTION_OF_KIND[kind];
}
