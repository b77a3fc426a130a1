import { nextRuns, runAt } from "./next-run";
import type { Schedule } from "./schedule";
import { isZone } from "./zone";

/** One of the next times of a schedule. */
export interface UpcomingRun {
  /** By its calendar. */
  dueAt: Date;
  /** When it begins: with its spread, outside of blackouts; null: it is left out, because no time is free before its deadline. */
  at: Date | null;
  /** A blackout moved it. */
  moved: boolean;
}

/**
 * The next `count` times of a schedule as a person sees them before it is saved: what is half typed (an unknown zone, a cron expression that
 * is not understood) has none. `seed` null: the spread is not known yet and left out.
 */
export function upcomingRuns(
  schedule: Schedule,
  { after, count, seed }: { after: Date; count: number; seed: string | null },
): UpcomingRun[] {
  if (!isZone(schedule.zone)) return [];
  const spread = seed === null ? { ...schedule, spreadMinutes: 0 } : schedule;
  return nextRuns(schedule, after, count).map((dueAt) => {
    const at = runAt(spread, dueAt, seed ?? "");
    const free = runAt({ ...spread, blackouts: [], startWithinMinutes: null }, dueAt, seed ?? "");
    return { dueAt, at, moved: at !== null && at.getTime() !== free?.getTime() };
  });
}
