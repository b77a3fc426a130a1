/** An archive of the keeper's ledger, as far as deleting it is concerned. Times are ours: ISO 8601 UTC. */
export type KeptArchive = {
  borgId: string;
  observedAt: string;
  protected: boolean;
  trashedAt: string | null;
  /** Not null: it is gone for good and counts for nothing. */
  removedAt: string | null;
};

/** What can never be deleted, however old the trash is. */
export type Floor = { floorNewest: number; floorWeeklyDays: number };

/** Days in the trash, days a seal from before a compaction is kept, and the floor. More is stricter in each of them. */
export type TrashRules = Floor & { trashDays: number; keepOldSealDays: number };

export const DAY_MS = 86_400_000;

/** The Monday before the epoch, so that weeks begin on Mondays (UTC), as ISO weeks do. */
const FIRST_MONDAY_MS = -3 * DAY_MS;

/**
 * The archives that must stay, with the reason for the person: protected ones, the `floorNewest` newest, and of each week of the last
 * `floorWeeklyDays` days the one that we saw first. The first, not the last: a hostile client that adds archives later in a week
 * displaces nothing that was there. Only times when *we* saw an archive count. Gone archives are ignored, trashed ones count
 * as there: pass only living ones to ask what may be trashed, both to ask what may be deleted for good.
 */
export function floorKeeps(archives: readonly KeptArchive[], floor: Floor, now: Date): Map<string, string> {
  const kept = new Map<string, string>();
  const oldestFirst = archives
    .filter((archive) => archive.removedAt === null)
    .map((archive) => ({ archive, at: Date.parse(archive.observedAt) }))
    .sort((a, b) => a.at - b.at);
  const weeks = new Set<number>();
  for (const { archive, at } of oldestFirst) {
    const week = Math.floor((at - FIRST_MONDAY_MS) / (7 * DAY_MS));
    if (at < now.getTime() - floor.floorWeeklyDays * DAY_MS || weeks.has(week)) continue;
    weeks.add(week);
    kept.set(
      archive.borgId,
      `It is the first of its week; one a week is kept for ${inDays(floor.floorWeeklyDays)}.`,
    );
  }
  for (const { archive } of oldestFirst.slice(-floor.floorNewest))
    kept.set(archive.borgId, `It is one of the ${floor.floorNewest} newest, which are always kept.`);
  for (const { archive } of oldestFirst)
    if (archive.protected) kept.set(archive.borgId, "It is protected. Take the protection away first.");
  return kept;
}

/** What the keeper knows of a repository before it may delete and compact there. */
export type BeforeCompaction = {
  held: boolean;
  /** The client has a session open, writing or reading. */
  sessionOpen: boolean;
  /** Writing sessions that ended since the last audit. */
  unauditedSessions: number;
  /** Null: never sealed. */
  sealedTransaction: number | null;
  /** The last transaction of the repository as it is now; null: there is none. */
  committedTransaction: number | null;
  /** Archives that the ledger and the repository's list do not share; null: the list has not been read. */
  ledgerDiffers: number | null;
  /** Archives whose time in the trash is over, and checkpoints of interrupted backups. */
  due: number;
};

/** Why nothing may be deleted for good now, for the person; empty: it may. All reasons at once, the gravest first. */
export function compactionBlockedBy(state: BeforeCompaction): string[] {
  const { sealedTransaction, committedTransaction, unauditedSessions, ledgerDiffers } = state;
  const differs = ledgerDiffers !== null && ledgerDiffers > 0;
  const unsealed = sealedTransaction === null || sealedTransaction !== committedTransaction;
  return [
    ...(state.held ? ["The repository is held. Review it first."] : []),
    ...(differs
      ? [
          `The archive list differs from the ledger in ${ledgerDiffers} ${ledgerDiffers === 1 ? "archive" : "archives"}. An audit must look at it first.`,
        ]
      : []),
    ...(state.sessionOpen ? ["The client is connected. Wait until its session has ended."] : []),
    ...(unauditedSessions > 0
      ? [
          unauditedSessions === 1
            ? "One session has not been audited yet."
            : `${unauditedSessions} sessions have not been audited yet.`,
        ]
      : []),
    ...(unsealed && unauditedSessions === 0
      ? ["The repository is not sealed up to its last transaction. The next audit seals it."]
      : []),
    ...(state.due === 0 ? ["Nothing has been in the trash long enough."] : []),
  ];
}

/**
 * What changed rules mean: `now` holds at once, `later` after the trash window that held before; `later` null: nothing became looser.
 * Of each rule the stricter value holds meanwhile, so nobody can empty the trash by shortening the window.
 */
export function rulesComeIntoForce(
  held: TrashRules,
  wanted: TrashRules,
): { now: TrashRules; later: TrashRules | null } {
  const now = {
    trashDays: Math.max(held.trashDays, wanted.trashDays),
    keepOldSealDays: Math.max(held.keepOldSealDays, wanted.keepOldSealDays),
    floorNewest: Math.max(held.floorNewest, wanted.floorNewest),
    floorWeeklyDays: Math.max(held.floorWeeklyDays, wanted.floorWeeklyDays),
  };
  const isLooser =
    wanted.trashDays < held.trashDays ||
    wanted.keepOldSealDays < held.keepOldSealDays ||
    wanted.floorNewest < held.floorNewest ||
    wanted.floorWeeklyDays < held.floorWeeklyDays;
  return { now, later: isLooser ? wanted : null };
}

/**
 * Whether a time that began at `since` is over. `ranSeconds` is how long the machine has provably run since, measured without the wall
 * clock: a clock that was set forwards ends nothing early, one that was set back (`now` before `since`) only delays.
 */
export function windowIsOver(given: { since: Date; now: Date; ranSeconds: number; days: number }): boolean {
  const lengthMs = given.days * DAY_MS;
  return given.now.getTime() - given.since.getTime() >= lengthMs && given.ranSeconds * 1000 >= lengthMs;
}

const inDays = (days: number) => (days === 1 ? "1 day" : `${days} days`);
