import { weekdayOf } from "./days-of-months";
import type { Schedule, Timing } from "./schedule";
import { minuteOfDay, timeOfMinute } from "./time-of-day";
import { wallClock } from "./wall-clock";

const MINUTE = 60_000;
const DAY = 86_400_000;

/** A schedule with one of its times moved, or why there is nothing to move. */
export type MovedSchedule = { schedule: Schedule; also: string | null } | { refused: string };

/**
 * The schedule that has its run of `due` at `to` instead, on the wall clock of its own zone. What is due every day keeps to every day: only the
 * time moves. A weekday or a day of the month moves with it where the schedule has such; all its times move to that day, and `also` says
 * what else changes by that. Refuses what has no time of day (intervals, cron expressions, availability).
 */
export function moveSchedule(schedule: Schedule, due: Date, to: Date): MovedSchedule {
  const { timing } = schedule;
  if (!("times" in timing)) return { refused: whyNot(timing) };
  const clock = wallClock(schedule.zone);
  const from = placeOf(clock.localAt(due.getTime()));
  const target = placeOf(clock.localAt(to.getTime()));
  const time = timing.times.find((one) => minuteOfDay(one) === from.minute);
  if (time === undefined) return { refused: "Its times have changed meanwhile. Look at it again." };
  const times = distinct(timing.times.map((one) => (one === time ? timeOfMinute(target.minute) : one)));
  const moved = onDay({ ...timing, times }, from.day, target.day);
  return { schedule: { ...schedule, timing: moved.timing }, also: moved.also };
}

type Timed = Extract<Timing, { times: string[] }>;

function onDay(timing: Timed, from: number, to: number): { timing: Timed; also: string | null } {
  if (from === to) return { timing, also: null };
  switch (timing.kind) {
    case "daily":
      return { timing, also: "It runs every day: the time moves on all of them, the day does not." };
    case "days":
      return { timing, also: "Its days are counted through: the time moves, the days stay." };
    case "weekly": {
      const days = timing.weekdays.map((day) => (day === weekdayOf(from) ? weekdayOf(to) : day));
      const weekdays = [...new Set(days)].sort((a, b) => a - b);
      return { timing: { ...timing, weekdays }, also: alsoTimes(timing) };
    }
    case "monthly":
      return onDayOfMonth(timing, from, to);
  }
}

function onDayOfMonth(timing: Extract<Timing, { kind: "monthly" }>, from: number, to: number) {
  const [before, after] = [dayOfMonth(from), dayOfMonth(to)];
  if (timing.days.includes(before)) {
    const days = timing.days.map((day) => (day === before ? after : day));
    const sorted = [...new Set(days)].sort((a, b) => a - b);
    return { timing: { ...timing, days: sorted }, also: alsoTimes(timing) };
  }
  const weekday = weekdayOf(from);
  // A move within the week keeps the count: the second Tuesday becomes the second Thursday.
  if (timing.nth.some((one) => one.weekday === weekday)) {
    const nth = timing.nth.map((one) => (one.weekday === weekday ? { ...one, weekday: weekdayOf(to) } : one));
    return { timing: { ...timing, nth }, also: alsoTimes(timing) };
  }
  return { timing, also: "It runs on the last day of the month: the time moves, the day does not." };
}

function alsoTimes(timing: Timed): string | null {
  return timing.times.length > 1 ? "All its times of that day move to the other day." : null;
}

function whyNot(timing: Exclude<Timing, Timed>): string {
  switch (timing.kind) {
    case "minutes":
    case "hours":
      return "It runs again and again through the day, so there is no one time to move. Change how often in the plan.";
    case "cron":
      return "It runs by a cron expression. Change the expression in the plan.";
    case "available":
      return "It runs when the machine is available, not at a time.";
  }
}

function placeOf(local: number): { day: number; minute: number } {
  const day = Math.floor(local / DAY);
  return { day, minute: Math.floor((local - day * DAY) / MINUTE) };
}

function dayOfMonth(day: number): number {
  return new Date(day * DAY).getUTCDate();
}

function distinct(times: readonly string[]): string[] {
  return [...new Set(times)].sort();
}
