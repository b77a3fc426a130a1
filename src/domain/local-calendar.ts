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
/** Zones that changed twice within a week and back do not occur in the time zone database since 1970. */
const SPAN = 7 * DAY;

/**
 * The wall calendar of an IANA zone. Asking Intl costs microseconds, so offsets are asked once per span and shared by all instants of
 * a span without a change. The returned function remembers; make one per task. Throws RangeError for an unknown zone.
 */
export function localCalendar(zone: string): (at: number) => LocalPlace {
  const exactOffset = offsetReader(zone);
  const offsetAtEdge = remembered((span) => exactOffset(span * SPAN));
  const calendarOfDay = remembered((day) => {
    const date = new Date(day * DAY);
    return { month: date.getUTCFullYear() * 12 + date.getUTCMonth(), year: date.getUTCFullYear() };
  });
  return (at) => {
    const span = Math.floor(at / SPAN);
    const atStart = offsetAtEdge(span);
    const offset = atStart === offsetAtEdge(span + 1) ? atStart : exactOffset(at);
    const local = at + offset;
    const day = Math.floor(local / DAY);
    // 1970-01-01 was a Thursday: day -3 began the week that is number 0.
    const week = Math.floor((day + 3) / 7);
    const { month, year } = calendarOfDay(day);
    const minute = Math.floor(at / MINUTE) * MINUTE;
    return { minute, hour: Math.floor(local / HOUR) * HOUR - offset, day, week, month, year };
  };
}

/** Milliseconds that a zone's wall clock is ahead of UTC at an instant. */
function offsetReader(zone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" });
  return (at) => {
    // `11/23/2026, GMT+05:30`; `GMT` alone is zero.
    const match = /GMT(?:([+-])(\d\d):(\d\d))?/.exec(format.format(at));
    const [, sign, hours, minutes] = match ?? [];
    if (!sign) return 0;
    return (sign === "-" ? -1 : 1) * (Number(hours) * HOUR + Number(minutes) * MINUTE);
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
