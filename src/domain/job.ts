/** The states of a job (design, section 6). `blocked` waits for a person; the last four of the list never change again. */
export const JOB_STATES = [
  "queued",
  "assigned",
  "running",
  "blocked",
  "succeeded",
  "warned",
  "failed",
  "cancelled",
] as const;
export type JobState = (typeof JOB_STATES)[number];

export const ENDED_STATES = [
  "succeeded",
  "warned",
  "failed",
  "cancelled",
] as const satisfies readonly JobState[];
export type EndedState = (typeof ENDED_STATES)[number];
export const ACTIVE_STATES = [
  "queued",
  "assigned",
  "running",
  "blocked",
] as const satisfies readonly JobState[];

export function isEnded(state: JobState): state is EndedState {
  return (ENDED_STATES as readonly JobState[]).includes(state);
}

/** Every kind of work. `executor` says who does it; `lane` keeps a ten-hour backup from blocking a restore on one client. */
export const JOB_KINDS = {
  backup: { executor: "agent", lane: "backup" },
  restore: { executor: "agent", lane: "restore" },
  /** Looks at the machine's real tree, under its own policy and the browse permission: one folder, what a plan would take, what none takes. */
  "browse-disk": { executor: "agent", lane: "look" },
  "dry-run": { executor: "agent", lane: "look" },
  "find-gaps": { executor: "agent", lane: "look" },
  /** Brings the agent to another version of itself. */
  "update-agent": { executor: "agent", lane: "look" },
  /** Into a folder of the storage server itself. */
  "restore-on-server": { executor: "worker", lane: "storage" },
  /** What a restore to another client reads: made before it, removed after it. */
  "make-parcel": { executor: "worker", lane: "storage" },
  "remove-parcel": { executor: "worker", lane: "storage" },
  "provision-client": { executor: "worker", lane: "storage" },
  "remove-client": { executor: "worker", lane: "storage" },
  "create-repository": { executor: "worker", lane: "storage" },
  audit: { executor: "worker", lane: "storage" },
  "list-folder": { executor: "worker", lane: "storage" },
  /** Reads files out of an archive for a browser that waits (design, 8.14). */
  "stream-files": { executor: "worker", lane: "storage" },
  /** Reads files back out of an archive and compares them with what the machine hashed. */
  drill: { executor: "worker", lane: "storage" },
  /** Writes archives into the catalog, and forgets what is gone. */
  catalog: { executor: "worker", lane: "storage" },
  /** Into the trash, out of it, and the flag that keeps them out of it. */
  "trash-archives": { executor: "worker", lane: "storage" },
  "bring-back-archives": { executor: "worker", lane: "storage" },
  "protect-archives": { executor: "worker", lane: "storage" },
  /** Retention: decides what goes into the trash, and puts it there. */
  prune: { executor: "worker", lane: "storage" },
  compact: { executor: "worker", lane: "storage" },
  "roll-back": { executor: "worker", lane: "storage" },
  "accept-state": { executor: "worker", lane: "storage" },
  "release-old-seals": { executor: "worker", lane: "storage" },
  "set-vault-rules": { executor: "worker", lane: "storage" },
  /** Reads what is stored again: `domain/repository` CHECK_KINDS. */
  check: { executor: "worker", lane: "storage" },
  "break-lock": { executor: "worker", lane: "storage" },
  /** To another storage location of the node. */
  "move-repository": { executor: "worker", lane: "storage" },
  /** borg's own repair, with a way back until a person has decided. */
  "repair-repository": { executor: "worker", lane: "storage" },
  "undo-repair": { executor: "worker", lane: "storage" },
  "set-quota": { executor: "worker", lane: "storage" },
  "set-client-quota": { executor: "worker", lane: "storage" },
  /** A repository that was made elsewhere: read before anything is taken, then taken in. */
  "inspect-import": { executor: "worker", lane: "storage" },
  "adopt-repository": { executor: "worker", lane: "storage" },
  /** A removed repository: its grace period begins, is called off, is over. */
  "mark-for-deletion": { executor: "worker", lane: "storage" },
  "undo-deletion": { executor: "worker", lane: "storage" },
  "delete-repository": { executor: "worker", lane: "storage" },
} as const satisfies Record<
  string,
  { executor: "agent" | "worker"; lane: "backup" | "restore" | "look" | "storage" }
>;
export type JobKind = keyof typeof JOB_KINDS;
export type AgentJobKind = {
  [K in JobKind]: (typeof JOB_KINDS)[K]["executor"] extends "agent" ? K : never;
}[JobKind];
export type WorkerJobKind = Exclude<JobKind, AgentJobKind>;
export type Lane = (typeof JOB_KINDS)[JobKind]["lane"];
export type AgentLane = (typeof JOB_KINDS)[AgentJobKind]["lane"];

/** Kinds that only look: they need no repository, change nothing, and what they find is an answer and not history. */
export const LOOK_KINDS = ["browse-disk", "dry-run", "find-gaps"] as const satisfies readonly AgentJobKind[];
export type LookKind = (typeof LOOK_KINDS)[number];

export function isLook(kind: JobKind): kind is LookKind {
  return (LOOK_KINDS as readonly JobKind[]).includes(kind);
}

/** What a machine does without any repository: looks, and what concerns its agent alone. */
const KINDS_WITHOUT_REPOSITORY = [...LOOK_KINDS, "update-agent"] as const satisfies readonly AgentJobKind[];
export type KindWithoutRepository = (typeof KINDS_WITHOUT_REPOSITORY)[number];

export function needsNoRepository(kind: JobKind): kind is KindWithoutRepository {
  return (KINDS_WITHOUT_REPOSITORY as readonly JobKind[]).includes(kind);
}

/** Worker kinds that a person waits for in front of the screen; long work never takes the last place from them. */
export const QUICK_KINDS = [
  "list-folder",
  "provision-client",
  "create-repository",
  "audit",
  "trash-archives",
  "bring-back-archives",
  "protect-archives",
  "roll-back",
  "accept-state",
  "set-vault-rules",
  "break-lock",
  "set-quota",
  "set-client-quota",
  "mark-for-deletion",
  "undo-deletion",
] as const satisfies readonly WorkerJobKind[];

/**
 * Kinds that write to a repository through borg's exclusive lock: at most one of them is assigned or running per repository
 * (the database holds it: partial unique index `jobs_one_writer_per_repository`). Others may wait behind it in the queue.
 */
export const WRITING_KINDS = [
  "backup",
  "create-repository",
  "compact",
  "roll-back",
  "accept-state",
  "move-repository",
  "repair-repository",
  "undo-repair",
] as const satisfies readonly JobKind[];

/** Seconds a handed-out job survives without a word. Covers three missed reports and a Wi-Fi change; a shorter lease
 *  fails laptops that are still working, a longer one keeps a repository locked after a crash. */
export const LEASE_SECONDS = 240;
