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

/** When the room ends. `days`: until backups stop for want of it, if it goes on as in the last `overDays`. */
export type Forecast =
  | { kind: "days"; days: number; overDays: number }
  /** Measured for too short a time to say anything. */
  | { kind: "too-early" }
  | { kind: "not-growing"; overDays: number }
  /** Farther away than anybody plans. */
  | { kind: "far" };

/** Says when the room ends, from how much was added in the last `days`. */
export function forecastFull(given: {
  freeBytes: number;
  reserveBytes: number;
  grownBytes: number;
  days: number;
}): Forecast {
  const { freeBytes, reserveBytes, grownBytes, days } = given;
  if (days < LEAST_DAYS_OF_GROWTH) return { kind: "too-early" };
  if (grownBytes <= 0) return { kind: "not-growing", overDays: days };
  const left = Math.max(0, freeBytes - reserveBytes) / (grownBytes / days);
  return left > LONGEST_FORECAST_DAYS
    ? { kind: "far" }
    : { kind: "days", days: Math.floor(left), overDays: days };
}

/** The forecast in words, or why there is none. */
export function sayForecast(forecast: Forecast): string {
  switch (forecast.kind) {
    case "days":
      return `${forecast.days === 0 ? "Full today" : `Full in ${dayCount(forecast.days)}`} if it goes on as in the last ${dayCount(forecast.overDays)}.`;
    case "too-early":
      return `When it will be full is known after ${LEAST_DAYS_OF_GROWTH} days of measuring.`;
    case "not-growing":
      return `It did not grow in the last ${dayCount(forecast.overDays)}.`;
    case "far":
      return "Not full within ten years, as it goes on now.";
  }
}

const dayCount = (days: number) => (days === 1 ? "day" : `${days} days`);

/** The one that ends first; null of none. */
export function soonest<Room extends { forecast: Forecast }>(rooms: readonly Room[]): Room | null {
  const rank = ({ forecast }: Room) => (forecast.kind === "days" ? forecast.days : Number.POSITIVE_INFINITY);
  return [...rooms].sort((a, b) => rank(a) - rank(b))[0] ?? null;
}
