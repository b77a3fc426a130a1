import { formatBytes } from "./quantity";

/** A compaction writes the living part of its segments anew before their old names go, and the seal of before keeps those for days. */
const RESERVE_PART = 0.1;
/** borg's segment and its index, whatever the size: less is never enough. */
const LEAST_RESERVE_BYTES = 512 * 1024 ** 2;
/** Growth is judged over at least so long; less says nothing. */
const LEAST_DAYS_OF_GROWTH = 3;
/** Beyond it a forecast is a guess about somebody else's disk. */
const LONGEST_FORECAST_DAYS = 3650;

/**
 * Bytes that must stay free so that space can be freed at all: what compacting the largest repository may need at once. Without it a full disk
 * could only be emptied by adding another.
 */
export function compactionReserve(largestRepositoryBytes: number): number {
  return Math.max(LEAST_RESERVE_BYTES, Math.ceil(largestRepositoryBytes * RESERVE_PART));
}

/**
 * The reserve is no more than this, as no repository is larger than what is used: while so much is free nobody has to be asked how large
 * the repositories are.
 */
export function largestPossibleReserve(room: { freeBytes: number; totalBytes: number }): number {
  return compactionReserve(Math.max(0, room.totalBytes - room.freeBytes));
}

/** Why no backup begins, for the person; null: there is room. */
export function saysShortOfRoom(room: { freeBytes: number; largestRepositoryBytes: number }): string | null {
  const reserve = compactionReserve(room.largestRepositoryBytes);
  if (room.freeBytes > reserve) return null;
  return `Waits until the storage has room: ${formatBytes(room.freeBytes)} are free, and ${formatBytes(reserve)} are kept for compaction. Empty the trash, release old seals or add space.`;
}

/**
 * Days until backups stop for want of room if it goes on as in the last `days`. Null: it does not grow, too little is known, or it is farther
 * away than anybody plans.
 */
export function daysUntilFull(given: {
  freeBytes: number;
  reserveBytes: number;
  grownBytes: number;
  days: number;
}): number | null {
  const { freeBytes, reserveBytes, grownBytes, days } = given;
  if (days < LEAST_DAYS_OF_GROWTH || grownBytes <= 0) return null;
  const left = Math.max(0, freeBytes - reserveBytes) / (grownBytes / days);
  return left > LONGEST_FORECAST_DAYS ? null : Math.floor(left);
}
