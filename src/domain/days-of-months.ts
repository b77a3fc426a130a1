const DAY = 86_400_000;
/** Longer than the longest wait for a day that comes at all: 29 February on a Sunday comes after 40 years over 2100. */
const MOST_MONTHS = 50 * 12;

/** A day of a month, to be judged. */
export interface DayOfMonth {
  day: number;
  /** 1 Monday to 7 Sunday. */
  weekday: number;
  /** The last day of its month. */
  last: number;
}

/**
 * The first day at or after `from` (days since 1970-01-01) that fits, in months that fit (0 January to 11 December). Null: none within
 * fifty years, so there is none at all. Always ends.
 */
export function nextDayOfMonths(
  from: number,
  fitsMonth: (month: number) => boolean,
  fits: (day: DayOfMonth) => boolean,
): number | null {
  const begin = new Date(from * DAY);
  let earliest = begin.getUTCDate();
  const month = begin.getUTCFullYear() * 12 + begin.getUTCMonth();
  for (let ahead = 0; ahead < MOST_MONTHS; ahead++) {
    if (fitsMonth((month + ahead) % 12)) {
      const first = firstOf(month + ahead);
      const last = firstOf(month + ahead + 1) - first;
      for (let day = earliest; day <= last; day++) {
        const number = first + day - 1;
        if (fits({ day, weekday: weekdayOf(number), last })) return number;
      }
    }
    earliest = 1;
  }
  return null;
}

/** 1 Monday to 7 Sunday; `day` counts from 1970-01-01, a Thursday. */
export function weekdayOf(day: number): number {
  return ((((day + 3) % 7) + 7) % 7) + 1;
}

function firstOf(month: number): number {
  return Date.UTC(Math.floor(month / 12), month % 12, 1) / DAY;
}
