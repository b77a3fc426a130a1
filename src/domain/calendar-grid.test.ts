import { describe, expect, it } from "vitest";
import {
  blackedOut,
  busiestCell,
  calendarCells,
  calendarSpan,
  dayOf,
  hourLoads,
  isoDay,
  movedInto,
  readIsoDay,
} from "./calendar-grid";

const BERLIN = "Europe/Berlin";
const day = (text: string) => readIsoDay(text) ?? Number.NaN;
const entry = (at: string) => ({ at: new Date(at) });

describe("the calendar", () => {
  it("shows a week from Monday, on the wall clock, also when a clock changes", () => {
    const span = calendarSpan("week", day("2026-10-25"), BERLIN);
    expect(span.days.map(isoDay)).toEqual([
      ...["2026-10-19", "2026-10-20", "2026-10-21", "2026-10-22", "2026-10-23", "2026-10-24", "2026-10-25"],
    ]);
    expect([span.from.toISOString(), span.to.toISOString()]).toEqual([
      "2026-10-18T22:00:00.000Z",
      "2026-10-25T23:00:00.000Z",
    ]);
    expect(isoDay(dayOf(new Date("2026-11-23T23:30:00Z"), BERLIN))).toBe("2026-11-24");
  });

  it("reads days from the address and nothing else", () => {
    expect(isoDay(day("2028-02-29"))).toBe("2028-02-29");
    for (const text of ["2026-02-31", "2026-13-01", "26-01-01", "", null, ["2026-01-01"]])
      expect(readIsoDay(text)).toBeNull();
  });

  it("puts each run into its hour, the earliest first, and counts the load", () => {
    const span = calendarSpan("day", day("2026-11-23"), BERLIN);
    const cells = calendarCells(span, [
      entry("2026-11-23T01:40:00Z"),
      entry("2026-11-23T01:05:00Z"),
      entry("2026-11-23T22:59:00Z"),
      entry("2026-11-24T01:00:00Z"),
    ]);
    expect(cells).toHaveLength(24);
    expect(cells[2]?.entries.map(({ at }) => at.toISOString().slice(11, 16))).toEqual(["01:05", "01:40"]);
    expect(hourLoads(cells).filter((load) => load > 0)).toEqual([2, 1]);
    expect(busiestCell(cells)).toMatchObject({ hour: 2 });
    expect(busiestCell(calendarCells(span, []))).toBeNull();
  });

  it("has both runs of an hour that comes twice in that hour", () => {
    const span = calendarSpan("day", day("2026-10-25"), BERLIN);
    const cells = calendarCells(span, [entry("2026-10-25T00:30:00Z"), entry("2026-10-25T01:30:00Z")]);
    expect(cells[2]?.entries).toHaveLength(2);
  });

  it("keeps the minutes of a run that is put into another hour", () => {
    const to = movedInto(new Date("2026-11-23T01:20:00Z"), { day: day("2026-11-25"), hour: 5 }, BERLIN);
    expect(to.toISOString()).toBe("2026-11-25T04:20:00.000Z");
  });

  it("counts the plans that keep an hour free, each on its own clock", () => {
    const office = { weekdays: [1, 2, 3, 4, 5], from: "08:30", to: "18:00" };
    const windows = [
      { zone: BERLIN, blackouts: [office], plans: 3 },
      { zone: "America/New_York", blackouts: [office], plans: 2 },
    ];
    const at = (hour: number, text = "2026-11-23") => blackedOut(windows, { day: day(text), hour }, BERLIN);
    expect([7, 8, 13, 14, 17, 18, 23].map((hour) => at(hour))).toEqual([0, 3, 3, 5, 5, 2, 2]);
    expect(at(10, "2026-11-22")).toBe(0);
  });
});
