import type { Timing } from "~/domain/schedule";

export type DueTiming = Exclude<Timing, { kind: "available" }>;

const MINUTE = 60_000;
const DAY = 86_400_000;

/** A minute of real time as the wall clock of a zone shows it, written as if it were UTC. */
interface Shown {
  at: number;
  local: number;
}

/**
 * When timings are due, the slow and plain way: looks at every minute of a span through Intl and asks of each reading whether it is one.
 * A reading that is skipped is due at the minute that follows the gap; one that comes again counts the first time, except where something
 * is due in every hour. Shares nothing with `domain/next-run`.
 */
export function slowDueTimes(
  timings: readonly DueTiming[],
  zone: string,
  from: Date,
  to: Date,
): Map<DueTiming, string[]> {
  const minutes = readMinutes(zone, from.getTime() - 2 * DAY, to.getTime());
  const begin = firstMidnight(zone);
  const found = new Map<DueTiming, string[]>();
  for (const timing of timings) {
    const due = new Set<number>();
    const seen = new Set<number>();
    let before: Shown | null = null;
    for (const now of minutes) {
      if (timing.kind === "minutes") {
        if ((now.at - begin) % (timing.every * MINUTE) === 0) due.add(now.at);
      } else {
        // Every reading since the one before: more than one over a gap.
        const since: number = before && now.local > before.local ? before.local + MINUTE : now.local;
        for (let local = since; local <= now.local; local += MINUTE) {
          if (!isDue(timing, local)) continue;
          if (!seen.has(local) || inEveryHour(timing)) due.add(now.at);
          seen.add(local);
        }
      }
      before = now;
    }
    const within = [...due].filter((at) => at >= from.getTime() && at < to.getTime()).sort((a, b) => a - b);
    found.set(
      timing,
      within.map((at) => new Date(at).toISOString()),
    );
  }
  return found;
}

function inEveryHour(timing: DueTiming): boolean {
  if (timing.kind === "hours") return timing.every === 1;
  return timing.kind === "cron" && timing.expression.split(" ")[1] === "*";
}

type Reading = Exclude<DueTiming, { kind: "minutes" }>;

function isDue(timing: Reading, local: number): boolean {
  // The time of day first: it is the cheapest thing to ask, and rarely right.
  return isTime(timing, (local / MINUTE) % 1440) && isDay(timing, local);
}

function isTime(timing: Reading, minuteOfDay: number): boolean {
  const hour = Math.floor(minuteOfDay / 60);
  const minute = minuteOfDay % 60;
  if (timing.kind === "hours") return minute === timing.minute;
  if (timing.kind === "cron") {
    const [ofHour = "", ofDay = ""] = timing.expression.split(" ");
    return fits(ofHour, minute) && fits(ofDay, hour);
  }
  return timing.times.some((time) => Number(time.slice(0, 2)) === hour && Number(time.slice(3)) === minute);
}

function isDay(timing: Reading, local: number): boolean {
  const date = new Date(local);
  const weekday = date.getUTCDay() === 0 ? 7 : date.getUTCDay();
  const day = date.getUTCDate();
  switch (timing.kind) {
    case "hours":
      return Math.floor(local / (60 * MINUTE)) % timing.every === 0;
    case "daily":
      return true;
    case "days":
      return Math.floor(local / DAY) % timing.every === 0;
    case "weekly":
      return timing.weekdays.includes(weekday);
    case "monthly": {
      const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
      const nth = timing.nth.some(
        (one) =>
          one.weekday === weekday &&
          (one.nth === -1 ? day > last - 7 : Math.floor((day - 1) / 7) + 1 === one.nth),
      );
      return timing.days.includes(day) || (timing.lastDay && day === last) || nth;
    }
    case "cron": {
      const [, , ofMonth = "", month = "", ofWeek = ""] = timing.expression.split(" ");
      const onDay = fits(ofMonth, day);
      const onWeekday = fits(ofWeek, date.getUTCDay());
      const either = ofMonth !== "*" && ofWeek !== "*";
      return fits(month, date.getUTCMonth() + 1) && (either ? onDay || onWeekday : onDay && onWeekday);
    }
  }
}

/** Only what the tests use: numbers, stars with steps, `fri`. */
function fits(field: string, value: number): boolean {
  if (field === "*") return true;
  if (field.startsWith("*/")) return value % Number(field.slice(2)) === 0;
  return (field === "fri" ? 5 : Number(field)) === value;
}

function firstMidnight(zone: string): number {
  for (let at = -DAY; at <= DAY; at += MINUTE) if (offsetMinutes(zone, at) * MINUTE + at === 0) return at;
  throw new Error(`no midnight in ${zone}`);
}

/** Intl is asked at every quarter of an hour: no zone changes its clock at another minute. */
function readMinutes(zone: string, from: number, to: number): Shown[] {
  const shown: Shown[] = [];
  let offset = 0;
  for (let at = from; at < to; at += MINUTE) {
    if (at % (15 * MINUTE) === 0) offset = offsetMinutes(zone, at);
    shown.push({ at, local: at + offset * MINUTE });
  }
  return shown;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function offsetMinutes(zone: string, at: number): number {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      ...{ year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric" },
    });
    formats.set(zone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = parts;
  return (Date.UTC(year, month - 1, day, hour, minute) - Math.floor(at / MINUTE) * MINUTE) / MINUTE;
}
