import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { localCalendar } from "./local-calendar";

// Intl is asked thousands of times: more than the usual five seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const ZONES = [
  "UTC",
  "Europe/Berlin",
  "America/New_York",
  "America/St_Johns",
  "Australia/Lord_Howe",
  "Asia/Kathmandu",
  "Africa/Casablanca",
  "Pacific/Chatham",
  "Pacific/Apia",
];
const anyInstant = fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2040, 0, 1) });

/** The same from Intl directly, for one instant. */
function asIntlSays(at: number, zone: string) {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    ...{ year: "numeric", month: "numeric", day: "numeric" },
  }).formatToParts(at);
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  return {
    year: of("year"),
    month: of("year") * 12 + of("month") - 1,
    day: Date.UTC(of("year"), of("month") - 1, of("day")) / 864e5,
  };
}

describe("the wall calendar of a zone", () => {
  it("is Intl's at any instant of any zone", () => {
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), fc.array(anyInstant, { maxLength: 30 }), (zone, instants) => {
        const placeOf = localCalendar(zone);
        for (const at of instants) expect(placeOf(at)).toMatchObject(asIntlSays(at, zone));
      }),
      { seed: 3, numRuns: 150 },
    );
  });

  it.each(ZONES)("has hours of at most an hour's length in %s, that grow with time", (zone) => {
    const placeOf = localCalendar(zone);
    const begin = Date.UTC(2026, 0, 1);
    let before = Number.NEGATIVE_INFINITY;
    const wrong: string[] = [];
    for (let at = begin; at < begin + 366 * 864e5; at += 900_000) {
      const { hour } = placeOf(at);
      if (hour < before || at < hour || at - hour >= 3_600_000) wrong.push(new Date(at).toISOString());
      before = hour;
    }
    expect(wrong).toEqual([]);
  });

  it("knows the hour that comes twice as two, and the day of 25 hours as one", () => {
    const placeOf = localCalendar("Europe/Berlin");
    const first = placeOf(Date.UTC(2026, 9, 25, 0, 30));
    const second = placeOf(Date.UTC(2026, 9, 25, 1, 30));
    expect(first.hour).not.toBe(second.hour);
    expect(placeOf(Date.UTC(2026, 9, 24, 22, 0)).day).toBe(placeOf(Date.UTC(2026, 9, 25, 22, 59)).day);
    expect(placeOf(Date.UTC(2026, 9, 25, 23, 0)).day).toBe(first.day + 1);
  });

  it("begins weeks on Monday, local time", () => {
    const placeOf = localCalendar("America/New_York");
    const sunday = placeOf(Date.UTC(2026, 10, 23, 4, 59));
    const monday = placeOf(Date.UTC(2026, 10, 23, 5, 0));
    expect(monday.week).toBe(sunday.week + 1);
  });

  it("refuses a zone that nobody knows", () => {
    expect(() => localCalendar("Europe/Atlantis")).toThrow(RangeError);
  });
});
