import { blackoutEnd } from "./blackouts";
import { weekdayOf } from "./days-of-months";
import type { Blackout } from "./schedule";
import { wallClock } from "./wall-clock";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export type CalendarView = "week" | "day";

/** Days of the wall clock, as days since 1970-01-01. */
export interface CalendarSpan {
  zone: string;
  days: readonly number[];
  /** Both as instants; `to` is not part of it. */
  from: Date;
  to: Date;
}

/** The days that a view shows round a day: itself, or its week from Monday. */
export function calendarSpan(view: CalendarView, day: number, zone: string): CalendarSpan {
  const first = view === "week" ? day - (weekdayOf(day) - 1) : day;
  const count = view === "week" ? 7 : 1;
  const clock = wallClock(zone);
  return {
    zone,
    days: Array.from({ length: count }, (_, at) => first + at),
    from: new Date(clock.instantOf(first * DAY)),
    to: new Date(clock.instantOf((first + count) * DAY)),
  };
}

/** The day of the wall clock in which an instant falls. */
export function dayOf(at: Date, zone: string): number {
  return Math.floor(wallClock(zone).localAt(at.getTime()) / DAY);
}

/** `2026-11-23` of a day, and back; null: that is no day. */
export function isoDay(day: number): string {
  return new Date(day * DAY).toISOString().slice(0, 10);
}
export function readIsoDay(text: unknown): number | null {
  if (typeof text !== "string" || !/^20\d\d-\d\d-\d\d$/.test(text)) return null;
  const at = Date.parse(`${text}T00:00:00Z`);
  // 31 February parses nowhere, or as another day.
  return Number.isNaN(at) || isoDay(at / DAY) !== text ? null : at / DAY;
}

/** What begins in one hour of one day, in the order of time. */
export interface CalendarCell<Entry> {
  day: number;
  hour: number;
  entries: Entry[];
}

/** Every hour of every day of the span, in the order of time, also the empty ones; 24 to a day. */
export function calendarCells<Entry extends { at: Date }>(
  span: CalendarSpan,
  entries: readonly Entry[],
): CalendarCell<Entry>[] {
  const clock = wallClock(span.zone);
  const cells = span.days.flatMap((day) =>
    Array.from({ length: 24 }, (_, hour): CalendarCell<Entry> => ({ day, hour, entries: [] })),
  );
  const first = span.days[0] ?? 0;
  for (const entry of entries.toSorted((a, b) => a.at.getTime() - b.at.getTime())) {
    const hours = Math.floor(clock.localAt(entry.at.getTime()) / HOUR) - first * 24;
    cells[hours]?.entries.push(entry);
  }
  return cells;
}

/** How many begin in each of the 24 hours of the day, over all days of the cells. */
export function hourLoads(cells: readonly CalendarCell<unknown>[]): number[] {
  const loads = Array.from({ length: 24 }, () => 0);
  for (const { hour, entries } of cells) loads[hour] = (loads[hour] ?? 0) + entries.length;
  return loads;
}

/** The cell in which most begin; null: nothing does. */
export function busiestCell<Entry>(cells: readonly CalendarCell<Entry>[]): CalendarCell<Entry> | null {
  let most: CalendarCell<Entry> | null = null;
  for (const cell of cells) if (cell.entries.length > (most?.entries.length ?? 0)) most = cell;
  return most;
}

/** Where a run that was due at `due` stands when it is put into another hour: as many minutes past it as before. */
export function movedInto(due: Date, cell: { day: number; hour: number }, zone: string): Date {
  const clock = wallClock(zone);
  const past = ((clock.localAt(due.getTime()) % HOUR) + HOUR) % HOUR;
  return new Date(clock.instantOf(cell.day * DAY + cell.hour * HOUR + past));
}

/** Windows in which so many plans never begin, on the wall clock of their zone. */
export interface BlackoutWindows {
  zone: string;
  blackouts: readonly Blackout[];
  plans: number;
}

/** How many plans keep free at least part of an hour. */
export function blackedOut(
  windows: readonly BlackoutWindows[],
  cell: { day: number; hour: number },
  zone: string,
): number {
  const begin = wallClock(zone).instantOf(cell.day * DAY + cell.hour * HOUR);
  const quarters = [0, 15, 30, 45].map((minutes) => begin + minutes * MINUTE);
  return windows
    .filter((one) => {
      const clock = wallClock(one.zone);
      return quarters.some((at) => blackoutEnd(one.blackouts, clock.localAt(at)) !== null);
    })
    .reduce((sum, one) => sum + one.plans, 0);
}
