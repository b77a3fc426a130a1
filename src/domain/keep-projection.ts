import { localCalendar } from "./local-calendar";
import { nextRuns } from "./next-run";
import { type KeepFloor, type KeepRules, markArchives, type RetainedArchive } from "./retention";
import type { Schedule } from "./schedule";
import { isZone } from "./zone";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
export const PROJECTED_DAYS = 365;
/** Runs that are reckoned at a time. */
const CHUNK = 400;
/** Before the last so many days only the last run of each hour is looked at: all that rules of hours and longer can keep. */
const FINE_DAYS = 14;

/** Backups to come, if each of them works. */
export interface ProjectedRuns {
  /** When they end, oldest first; of long ago only the last of each hour. */
  at: readonly Date[];
  /** All of them. */
  made: number;
}

/** The runs of the next year by a schedule; without one (or with a zone that is half typed), one a day. */
export function projectRuns(schedule: Schedule | null, now: Date): ProjectedRuns {
  const end = now.getTime() + PROJECTED_DAYS * DAY;
  const runs =
    schedule && isZone(schedule.zone)
      ? runsUntil(schedule, now, end)
      : Array.from({ length: PROJECTED_DAYS }, (_, n) => new Date(now.getTime() + (n + 1) * DAY));
  const fineFrom = end - FINE_DAYS * DAY;
  const at = runs.filter((run, index) => {
    const next = runs[index + 1];
    return run.getTime() >= fineFrom || !next || hourOf(run) !== hourOf(next);
  });
  return { at, made: runs.length };
}

function runsUntil(schedule: Schedule, now: Date, end: number): Date[] {
  const runs: Date[] = [];
  let from = now;
  for (;;) {
    const chunk = nextRuns(schedule, from, CHUNK);
    for (const at of chunk) {
      if (at.getTime() > end) return runs;
      runs.push(at);
    }
    const last = chunk.at(-1);
    if (!last || chunk.length < CHUNK) return runs;
    from = last;
  }
}

/** One day of the projected year. */
export interface ProjectedDay {
  /** Since 1970-01-01, on the wall clock of retention. */
  day: number;
  made: number;
  /** Of those, still there at the end of the year. */
  kept: number;
}

export interface Projection {
  days: ProjectedDay[];
  /** Still there at the end of the year: of those to come, and of those that are there now. */
  keptOfRuns: number;
  keptOfExisting: number;
}

/**
 * What rules would have left at the end of a year of backups, each of which works and is sealed. Pruning after each backup comes to the same
 * as judging once at the end: the newest of a period is never passed by a later one of another. `rules` null: everything stays.
 */
export function projectKeep(
  runs: ProjectedRuns,
  existing: readonly RetainedArchive[],
  rules: KeepRules | null,
  given: { now: Date; zone: string; floor: KeepFloor },
): Projection {
  const end = new Date(given.now.getTime() + PROJECTED_DAYS * DAY);
  const future = runs.at.map((at, n): RetainedArchive => {
    const id = `run ${n}`;
    return { id, observedAt: at, backupJobId: id, sealed: true, isProtected: false };
  });
  const kept = new Set(
    rules === null
      ? [...future, ...existing].map(({ id }) => id)
      : markArchives([...existing, ...future], rules, { ...given, now: end }).flatMap((mark) =>
          mark.keep ? [mark.id] : [],
        ),
  );
  const placeOf = localCalendar(given.zone);
  const first = placeOf(given.now.getTime()).day;
  const days = Array.from({ length: PROJECTED_DAYS + 1 }, (_, n) => ({ day: first + n, made: 0, kept: 0 }));
  for (const run of future) {
    const day = days[placeOf(run.observedAt.getTime()).day - first];
    if (!day) continue;
    day.made += 1;
    if (kept.has(run.id)) day.kept += 1;
  }
  const countKept = (archives: readonly RetainedArchive[]) =>
    archives.filter(({ id }) => kept.has(id)).length;
  return {
    days,
    keptOfRuns: rules === null ? runs.made : countKept(future),
    keptOfExisting: countKept(existing),
  };
}

/** The mean of what the newest archives each added to the repository; null: not known of any. */
export function meanBytes(
  newestFirst: readonly { deduplicatedBytes: number | null }[],
  of = 20,
): number | null {
  const known = newestFirst.flatMap(({ deduplicatedBytes }) => deduplicatedBytes ?? []).slice(0, of);
  return known.length === 0 ? null : known.reduce((sum, bytes) => sum + bytes, 0) / known.length;
}

function hourOf(at: Date): number {
  return Math.floor(at.getTime() / HOUR);
}
