import type { Schedule } from "./schedule";
import { minuteOfDay, timeOfMinute } from "./time-of-day";
import { wallClock } from "./wall-clock";

/** A span of the day on the wall clock of a zone; `to` before `from` goes over midnight, equal is the whole day. */
export interface DaySpan {
  from: string;
  to: string;
  zone: string;
}

/** The times of day of a schedule; null: it is not one for times of day. */
export function timesOf(schedule: Schedule): string[] | null {
  return "times" in schedule.timing ? schedule.timing.times : null;
}

/**
 * Gives the `index`-th of `count` schedules its place in a span: its first time goes there, its other times keep their distance to it.
 * Days, zone and everything else stay; the place is found with the offsets of `now`. Null: it is not one for times of day.
 */
export function placeInSpan(
  schedule: Schedule,
  place: { index: number; count: number },
  span: DaySpan,
  now: Date,
): Schedule | null {
  const { timing, zone } = schedule;
  if (!("times" in timing)) return null;
  const begin = minuteOfDay(span.from);
  const length = (minuteOfDay(span.to) - begin + 1440) % 1440 || 1440;
  const inSpan = begin + Math.floor((length * place.index) / place.count);
  const offset = (name: string) => wallClock(name).offsetAt(now.getTime()) / 60_000;
  const target = inSpan + offset(zone) - offset(span.zone);
  const minutes = timing.times.map(minuteOfDay).sort((a, b) => a - b);
  const first = minutes[0] ?? 0;
  const times = minutes.map((minute) => timeOfMinute(minute - first + target)).sort();
  return { ...schedule, timing: { ...timing, times } };
}
