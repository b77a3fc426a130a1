import { weekdayOf } from "./days-of-months";
import { minuteOfDay } from "./time-of-day";

const MINUTE = 60_000;
const DAY = 86_400_000;

/** A span of the wall clock on some days of the week, 1 Monday to 7 Sunday; `to` before `from` goes over midnight, equal is a whole day. */
interface LocalSpan {
  weekdays: readonly number[];
  from: string;
  to: string;
}

/** When the blackouts in which a wall clock's reading falls are over, as a reading; null: it falls into none. The latest, if several overlap. */
export function blackoutEnd(blackouts: readonly LocalSpan[], local: number): number | null {
  let end: number | null = null;
  const today = Math.floor(local / DAY);
  for (const { weekdays, from, to } of blackouts) {
    // One that began yesterday may reach over midnight.
    for (const day of [today - 1, today]) {
      if (!weekdays.includes(weekdayOf(day))) continue;
      const begins = day * DAY + minuteOfDay(from) * MINUTE;
      const ends = begins + lengthMinutes(from, to) * MINUTE;
      if (begins <= local && local < ends && (end === null || ends > end)) end = ends;
    }
  }
  return end;
}

/** Whether they leave no minute of the week. */
export function coverWeek(blackouts: readonly LocalSpan[]): boolean {
  const begin = 4 * DAY; // a Monday
  let at = begin;
  while (at < begin + 7 * DAY) {
    const end = blackoutEnd(blackouts, at);
    if (end === null) return false;
    at = end;
  }
  return true;
}

function lengthMinutes(from: string, to: string): number {
  return (minuteOfDay(to) - minuteOfDay(from) + 1440) % 1440 || 1440;
}
