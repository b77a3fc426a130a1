import { nextRun, runAt } from "./next-run";
import type { Schedule } from "./schedule";

const HOUR_MS = 3_600_000;

/** A schedule that may be due several times in a day, and its next run as it is stored. */
export interface Repeating {
  schedule: Schedule;
  /** What its spread comes from (next-run's `seedOf`). */
  seed: string;
  nextDueAt: Date;
  nextRunAt: Date;
}

/**
 * How often these begin in each of so many hours from `from` on: the next run as it is stored, the later ones by the calendar with spread and
 * blackouts; one that the blackouts leave no time counts nowhere. Alike calendars are read once, however many schedules share them.
 */
export function startsByHour(repeating: readonly Repeating[], from: Date, hours: number): number[] {
  const starts = Array.from({ length: hours }, () => 0);
  const to = new Date(from.getTime() + hours * HOUR_MS);
  const note = (at: Date) => {
    const hour = Math.floor((at.getTime() - from.getTime()) / HOUR_MS);
    if (hour >= 0 && hour < hours) starts[hour] = (starts[hour] ?? 0) + 1;
  };
  const dueTimes = new Map<string, Date[]>();
  for (const { schedule, seed, nextDueAt, nextRunAt } of repeating) {
    note(nextRunAt);
    // What waits for its machine is due again only after it ran.
    if (schedule.timing.kind === "available") continue;
    const key = JSON.stringify([schedule.timing, schedule.zone]);
    const due = dueTimes.get(key) ?? dueBetween(schedule, from, to);
    dueTimes.set(key, due);
    let last = nextRunAt;
    for (const at of due) {
      const begins = at > nextDueAt ? runAt(schedule, at, seed) : null;
      // Those that are put off to the end of one blackout begin as one.
      if (begins === null || begins <= last) continue;
      note(begins);
      last = begins;
    }
  }
  return starts;
}

/** From a day earlier on: what is due then may begin only now, by its spread or after a blackout. */
function dueBetween(schedule: Schedule, from: Date, to: Date): Date[] {
  const due: Date[] = [];
  let next = nextRun(schedule, new Date(from.getTime() - 24 * HOUR_MS));
  while (next && next < to) {
    due.push(next);
    next = nextRun(schedule, next);
  }
  return due;
}
