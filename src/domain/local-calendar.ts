import { wallClock } from "./wall-clock";

/** Which hour, day ... of a zone an instant falls into, as numbers that grow with time and are the same exactly within one. */
export interface LocalPlace {
  /** UTC milliseconds at which the minute began: offsets of zones are whole minutes. */
  minute: number;
  /** UTC milliseconds at which the hour on the wall clock began: an hour that comes twice in autumn is two. */
  hour: number;
  /** Days since 1970-01-01. */
  day: number;
  /** ISO weeks (Monday to Sunday) since the one of 1970-01-01. */
  week: number;
  month: number;
  year: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The wall calendar of an IANA zone. The returned function remembers; make one per task. Throws RangeError for an unknown zone. */
export function localCalendar(zone: string): (at: number) => LocalPlace {
  const { offsetAt } = wallClock(zone);
  const calendarOfDay = remembered((day) => {
    const date = new Date(day * DAY);
    return { month: date.getUTCFullYear() * 12 + date.getUTCMonth(), year: date.getUTCFullYear() };
  });
  return (at) => {
    const offset = offsetAt(at);
    const local = at + offset;
    const day = Math.floor(local / DAY);
    // 1970-01-01 was a Thursday: day -3 began the week that is number 0.
    const week = Math.floor((day + 3) / 7);
    const { month, year } = calendarOfDay(day);
    const minute = Math.floor(at / MINUTE) * MINUTE;
    return { minute, hour: Math.floor(local / HOUR) * HOUR - offset, day, week, month, year };
  };
}

function remembered<T>(read: (key: number) => T): (key: number) => T {
  const known = new Map<number, T>();
  return (key) => {
    let value = known.get(key);
    if (value === undefined) {
      value = read(key);
      known.set(key, value);
    }
    return value;
  };
}
