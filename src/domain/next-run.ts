import { blackoutEnd } from "./blackouts";
import { readCron } from "./cron";
import { nextDayOfMonths, weekdayOf } from "./days-of-months";
import type { Schedule, Timing } from "./schedule";
import { minuteOfDay } from "./time-of-day";
import { type WallClock, wallClock } from "./wall-clock";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Clocks are put back by at most two hours (Antarctica/Troll). */
const LONGEST_OVERLAP = 3 * HOUR;

/**
 * The first time after `after` at which something is due by its calendar, without spread and blackouts. Null: never.
 *
 * On the wall clock of the schedule's zone: a time that does not exist there (the clock was put forward) is the first moment after the
 * gap, one that comes twice is the first. What is due in every hour (`hours` with 1, a cron expression for all hours) is due in both of an
 * hour that comes twice. `minutes` counts real time since local midnight of 1970-01-01: always equally far apart, whatever the clock does.
 * `available` is so many hours after `after`, which is when it ran last. Never depends on when the schedule was saved or looked at.
 */
export function nextRun(schedule: Schedule, after: Date): Date | null {
  const at = dueTimes(schedule)(after.getTime());
  return at === null ? null : new Date(at);
}

/** The next `count` due times, fewer if there are no more. */
export function nextRuns(schedule: Schedule, after: Date, count: number): Date[] {
  const next = dueTimes(schedule);
  const runs: Date[] = [];
  let at = next(after.getTime());
  while (at !== null && runs.length < count) {
    runs.push(new Date(at));
    at = next(at);
  }
  return runs;
}

/**
 * When something that is due by its calendar may begin: later by the spread, which is the same for one `seed` (see {@link seedOf}) always,
 * not before `notBefore`, and moved out of blackouts. Null: no such time before its deadline.
 */
export function runAt(schedule: Schedule, due: Date, seed: string, notBefore: Date = due): Date | null {
  const begin = new Date(Math.max(spreadAt(schedule, due, seed).getTime(), notBefore.getTime()));
  const at = blackoutEndAt(schedule, begin) ?? begin;
  const by = startBy(schedule, due);
  return by !== null && at > by ? null : at;
}

/** When the blackouts into which an instant falls are over, also those that follow without a pause; null: it falls into none. */
export function blackoutEndAt({ blackouts, zone }: Schedule, instant: Date): Date | null {
  if (blackouts.length === 0) return null;
  const clock = wallClock(zone);
  const begin = instant.getTime();
  let at = begin;
  // Each round leaves one blackout; all of them together leave some minute of the week free, so they cannot go on for longer.
  while (at < begin + 8 * DAY) {
    const end = blackoutEnd(blackouts, clock.localAt(at));
    if (end === null) return at === begin ? null : new Date(at);
    const first = clock.instantOf(end);
    at = first > at ? first : (clock.secondInstantOf(end) ?? at + HOUR);
  }
  return new Date(at);
}

/** A due time, and when it is decided what becomes of it. */
export interface Planned {
  dueAt: Date;
  runAt: Date;
}

/** The first due time after an instant. One that has no time before its deadline is decided (skipped) where it would have begun. */
export function plannedAfter(schedule: Schedule, after: Date, seed: string): Planned | null {
  const dueAt = nextRun(schedule, after);
  return dueAt && plannedFor(schedule, dueAt, seed);
}

export function plannedFor(schedule: Schedule, dueAt: Date, seed: string): Planned {
  return { dueAt, runAt: runAt(schedule, dueAt, seed) ?? spreadAt(schedule, dueAt, seed) };
}

/** What the spread of a schedule comes from: what it is for, so that it is known before the schedule is saved. */
export function seedOf(schedule: {
  planId: string | null;
  repositoryId: string | null;
  purpose: string;
}): string {
  return schedule.planId ?? `${schedule.purpose} ${schedule.repositoryId}`;
}

/** The due time with its spread alone. */
function spreadAt(schedule: Schedule, due: Date, seed: string): Date {
  if (schedule.spreadMinutes === 0) return due;
  return new Date(due.getTime() + (hashOf(seed) % (schedule.spreadMinutes * 60 + 1)) * 1000);
}

/** The latest time at which it may begin; null: it waits until it can. */
export function startBy(schedule: Schedule, due: Date): Date | null {
  const { startWithinMinutes } = schedule;
  return startWithinMinutes === null ? null : new Date(due.getTime() + startWithinMinutes * MINUTE);
}

/** The due time that follows an instant. Made once, it is cheap to ask again and again. */
function dueTimes({ timing, zone }: Schedule): (after: number) => number | null {
  if (timing.kind === "available") return (after) => after + timing.everyHours * HOUR;
  const clock = wallClock(zone);
  if (timing.kind === "minutes") {
    const begin = clock.instantOf(0);
    const step = timing.every * MINUTE;
    return (after) => begin + (Math.floor((after - begin) / step) + 1) * step;
  }
  const pattern = patternOf(timing);
  return (after) => firstAfter(clock, pattern, after);
}

/** Times of the wall clock. */
interface Pattern {
  /** The first reading at or after one; null: none. */
  next(local: number): number | null;
  /** Due again when a reading comes for the second time. */
  twice: boolean;
}

function firstAfter(clock: WallClock, { next, twice }: Pattern, after: number): number | null {
  const begin = clock.localAt(after);
  // Readings that were passed already and come again.
  const again = twice ? Math.max(0, clock.offsetAt(after) - clock.offsetAt(after + LONGEST_OVERLAP)) : 0;
  let best: number | null = null;
  let local = next(begin - again);
  while (local !== null) {
    const first = clock.instantOf(local);
    const second = twice ? clock.secondInstantOf(local) : null;
    for (const at of [first, second]) {
      if (at !== null && at > after && (best === null || at < best)) best = at;
    }
    // Later readings come later, at least for the first time.
    if (first > after) return best;
    local = next(local + MINUTE);
  }
  return best;
}

function patternOf(timing: Exclude<Timing, { kind: "available" | "minutes" }>): Pattern {
  switch (timing.kind) {
    case "hours": {
      const past = timing.minute * MINUTE;
      const next = (local: number) => {
        const hour = Math.ceil(Math.ceil((local - past) / HOUR) / timing.every) * timing.every;
        return hour * HOUR + past;
      };
      return { next, twice: timing.every === 1 };
    }
    case "daily":
      return onDays(minutesOf(timing.times), (day) => day);
    case "days":
      return onDays(minutesOf(timing.times), (day) => Math.ceil(day / timing.every) * timing.every);
    case "weekly":
      return onDays(minutesOf(timing.times), (day) => {
        for (let fit = day; fit < day + 7; fit++) if (timing.weekdays.includes(weekdayOf(fit))) return fit;
        return null;
      });
    case "monthly":
      return onDays(minutesOf(timing.times), (from) => nextOfMonths(timing, from));
    case "cron": {
      const read = readCron(timing.expression);
      if ("wrong" in read) return { next: () => null, twice: false };
      const { minutesOfDay, everyHour, nextDay } = read.cron;
      return { ...onDays(minutesOfDay, nextDay), twice: everyHour };
    }
  }
}

function onDays(minutes: readonly number[], nextDay: (from: number) => number | null): Pattern {
  const first = minutes[0] ?? 0;
  const next = (local: number) => {
    const today = Math.floor(local / DAY);
    const day = nextDay(today);
    if (day === today) {
      const minute = minutes.find((one) => today * DAY + one * MINUTE >= local);
      if (minute !== undefined) return today * DAY + minute * MINUTE;
      const later = nextDay(today + 1);
      return later === null ? null : later * DAY + first * MINUTE;
    }
    return day === null ? null : day * DAY + first * MINUTE;
  };
  return { next, twice: false };
}

function nextOfMonths(timing: Extract<Timing, { kind: "monthly" }>, from: number): number | null {
  return nextDayOfMonths(
    from,
    () => true,
    ({ day, weekday, last }) =>
      timing.days.includes(day) ||
      (timing.lastDay && day === last) ||
      timing.nth.some(
        (one) =>
          one.weekday === weekday && (one.nth === -1 ? day + 7 > last : Math.ceil(day / 7) === one.nth),
      ),
  );
}

function minutesOf(times: readonly string[]): number[] {
  return times.map(minuteOfDay).sort((a, b) => a - b);
}

/** FNV-1a with the last step of MurmurHash3, so that ids that differ in one letter fall far apart. 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
