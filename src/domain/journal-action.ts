/**
 * Everything the journal tells of. Edit when something new is journaled; never rename or drop one, entries live for ever. `.asked` is a
 * person's request, in the transaction that queued the work; the same without it is what came of it.
 */
export const JOURNAL_ACTIONS = [
  "archives.trash.asked",
  "archives.trash",
  "archives.bring-back.asked",
  "archives.bring-back",
  "archives.protect.asked",
  "archives.protect",
  /** Retention put archives of a plan into the trash. */
  "archives.prune",
  /** How long a plan's archives are kept was set or changed. */
  "plan.keep",
  "vault.hold",
  "vault.heal",
  "vault.roll-back.asked",
  "vault.roll-back",
  "vault.accept.asked",
  "vault.accept",
  "vault.compact.asked",
  "vault.compact",
  "vault.old-seals.asked",
  "vault.old-seals",
  "vault.rules.asked",
  "vault.rules",
  "vault.paper-key",
  "vault.client-key",
] as const;
export type JournalAction = (typeof JOURNAL_ACTIONS)[number];
