import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { type DueTiming, slowDueTimes } from "~tests/support/slow-due-times";
import { coverWeek } from "./blackouts";
import { nextRun, nextRuns, plannedAfter, runAt } from "./next-run";
import type { Schedule, Timing } from "./schedule";

vi.setConfig({ testTimeout: 60_000 });

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const ZONES = [
  "Europe/Berlin",
  "America/New_York",
  "Australia/Lord_Howe",
  "Asia/Kathmandu",
  "UTC",
  "Africa/Casablanca",
  "Pacific/Apia",
  "Antarctica/Troll",
];

function schedule(timing: Timing, zone: string, more: Partial<Schedule> = {}): Schedule {
  return { timing, zone, spreadMinutes: 0, blackouts: [], startWithinMinutes: null, ...more };
}

const weekdays = (...days: number[]) => days;
const TIMINGS: DueTiming[] = [
  { kind: "minutes", every: 25 },
  { kind: "hours", every: 1, minute: 15 },
  { kind: "hours", every: 5, minute: 0 },
  { kind: "daily", times: ["02:30", "23:59", "00:00"] },
  { kind: "weekly", weekdays: weekdays(7, 1), times: ["02:10", "02:40", "12:00"] },
  { kind: "monthly", days: [29, 31], lastDay: false, nth: [], times: ["02:15"] },
  {
    kind: "monthly",
    days: [],
    lastDay: true,
    nth: [
      { nth: 1, weekday: 7 },
      { nth: -1, weekday: 5 },
    ],
    times: ["02:45"],
  },
  { kind: "days", every: 3, times: ["01:30", "02:30"] },
  { kind: "cron", expression: "*/20 * * * *" },
  { kind: "cron", expression: "*/10 2 * * *" },
  { kind: "cron", expression: "30 2 13 * fri" },
];

describe("the next run", () => {
  it.each(ZONES)("is what a look at every minute of a year says, for every kind of timing in %s", (zone) => {
    // Apia skipped a whole day of 2011.
    const year = zone === "Pacific/Apia" ? 2011 : 2028;
    const from = new Date(Date.UTC(year, 0, 1));
    const to = new Date(Date.UTC(year + 1, 0, 2));
    for (const [timing, slow] of slowDueTimes(TIMINGS, zone, from, to)) {
      const fast = nextRuns(schedule(timing, zone), new Date(from.getTime() - 1), slow.length + 5)
        .map((at) => at.toISOString())
        .filter((at) => at < to.toISOString());
      expect(fast, `${zone} ${JSON.stringify(timing)}`).toEqual(slow);
    }
  });

  it("is the same from wherever one asks: nothing between two runs, no drift, always later", () => {
    const anyZone = fc.constantFrom(...ZONES);
    const anyTiming = fc.constantFrom(...TIMINGS);
    const anyInstant = fc.integer({ min: Date.UTC(2001, 0, 1), max: Date.UTC(2060, 0, 1) });
    fc.assert(
      fc.property(
        anyZone,
        anyTiming,
        anyInstant,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (zone, timing, at, part) => {
          const own = schedule(timing, zone);
          const next = nextRun(own, new Date(at))?.getTime() ?? 0;
          expect(next).toBeGreaterThan(at);
          const between = at + Math.floor((next - 1 - at) * part);
          expect(nextRun(own, new Date(between))?.getTime()).toBe(next);
        },
      ),
      { numRuns: 3000, seed: 11 },
    );
  });

  it("runs at the first moment after a gap, and once in an overlap", () => {
    const daily = schedule({ kind: "daily", times: ["02:30"] }, "Europe/Berlin");
    const from = (text: string) => nextRuns(daily, new Date(text), 2).map((at) => at.toISOString());
    expect(from("2026-03-28T12:00:00Z")).toEqual(["2026-03-29T01:00:00.000Z", "2026-03-30T00:30:00.000Z"]);
    expect(from("2026-10-24T12:00:00Z")).toEqual(["2026-10-25T00:30:00.000Z", "2026-10-26T01:30:00.000Z"]);
  });

  it("counts minutes in real time, equally far apart over every change of the clock", () => {
    for (const zone of ZONES) {
      const runs = nextRuns(
        schedule({ kind: "minutes", every: 35 }, zone),
        new Date("2026-01-01T00:00:00Z"),
        20_000,
      );
      const steps = new Set(runs.slice(1).map((at, before) => at.getTime() - (runs[before]?.getTime() ?? 0)));
      expect([...steps]).toEqual([35 * MINUTE]);
    }
  });

  it("knows 29 February, and the century without one", () => {
    const leap = schedule({ kind: "cron", expression: "0 12 29 2 *" }, "UTC");
    expect(
      nextRuns(leap, new Date("2090-01-01T00:00:00Z"), 3).map((at) => at.toISOString().slice(0, 10)),
    ).toEqual(["2092-02-29", "2096-02-29", "2104-02-29"]);
  });

  it("of one that waits for its machine is so many hours after it ran last", () => {
    const laptop = schedule({ kind: "available", everyHours: 20, onMains: true, notMetered: true }, "UTC");
    const ran = new Date("2026-11-23T10:00:07.123Z");
    expect(nextRun(laptop, ran)?.getTime()).toBe(ran.getTime() + 20 * HOUR);
  });

  it("never comes for a stored expression that nobody can read, and asking ends", () => {
    expect(nextRun(schedule({ kind: "cron", expression: "0 0 31 2 *" }, "UTC"), new Date())).toBeNull();
  });

  it("takes microseconds", () => {
    const zone = "Europe/Berlin";
    const own = TIMINGS.map((timing) => schedule(timing, zone));
    let at = Date.UTC(2026, 0, 1);
    const once = () => {
      for (const one of own) {
        at += 7_777_777;
        nextRun(one, new Date(at));
      }
    };
    for (let warm = 0; warm < 300; warm++) once();
    const begin = performance.now();
    for (let round = 0; round < 1000; round++) once();
    const micros = ((performance.now() - begin) * 1000) / (1000 * own.length);
    // Typically 3; far from what a question to Intl for each step costs, on a busy machine too.
    expect(micros).toBeLessThan(100);
  });
});

describe("when it begins", () => {
  const due = new Date("2026-11-23T21:00:00Z");
  const nightly = (more: Partial<Schedule>) =>
    schedule({ kind: "daily", times: ["22:00"] }, "Europe/Berlin", more);

  it("is spread by the same amount for the same plan always, over the whole span, evenly", () => {
    const own = nightly({ spreadMinutes: 60 });
    const minutes = Array.from({ length: 2000 }, (_, plan) => {
      const at = runAt(own, due, `plan${plan}`);
      expect(runAt(own, due, `plan${plan}`)).toEqual(at);
      return ((at?.getTime() ?? 0) - due.getTime()) / MINUTE;
    });
    expect(Math.min(...minutes)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...minutes)).toBeLessThanOrEqual(60);
    for (let quarter = 0; quarter < 4; quarter++) {
      const inIt = minutes.filter((one) => one >= quarter * 15 && one < (quarter + 1) * 15).length;
      expect(inIt).toBeGreaterThan(400);
      expect(inIt).toBeLessThan(600);
    }
  });

  it("is moved out of blackouts, also of several in a row over midnight", () => {
    const blackouts = [
      { weekdays: [1], from: "21:00", to: "23:30" },
      { weekdays: [1], from: "23:00", to: "04:00" },
    ];
    expect(runAt(nightly({ blackouts }), due, "x")?.toISOString()).toBe("2026-11-24T03:00:00.000Z");
    expect(runAt(nightly({ blackouts: [{ weekdays: [2], from: "21:00", to: "23:00" }] }), due, "x")).toEqual(
      due,
    );
  });

  it("is never, if the blackout lasts longer than the deadline", () => {
    const blackouts = [{ weekdays: [1], from: "21:00", to: "05:00" }];
    expect(runAt(nightly({ blackouts, startWithinMinutes: 60 }), due, "x")).toBeNull();
    expect(runAt(nightly({ blackouts, startWithinMinutes: 421 }), due, "x")?.toISOString()).toBe(
      "2026-11-24T04:00:00.000Z",
    );
    const planned = plannedAfter(
      nightly({ blackouts, startWithinMinutes: 60 }),
      new Date(due.getTime() - 1),
      "x",
    );
    expect(planned).toEqual({ dueAt: due, runAt: due });
  });

  it("is out of every blackout and within the deadline, whatever the zone does", () => {
    const time = fc
      .integer({ min: 0, max: 1439 })
      .map((m) => `${String(Math.floor(m / 60)).padStart(2, "0")}:${String(m % 60).padStart(2, "0")}`);
    const anyBlackout = fc.record({
      weekdays: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
      from: time,
      to: time,
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        fc.array(anyBlackout, { maxLength: 4 }),
        fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 0, 1) }),
        fc.integer({ min: 0, max: 120 }),
        fc.option(fc.integer({ min: 5, max: 3000 })),
        (zone, blackouts, at, spreadMinutes, startWithinMinutes) => {
          // Refused where schedules are saved.
          fc.pre(!coverWeek(blackouts));
          const own = schedule({ kind: "hours", every: 1, minute: 0 }, zone, {
            blackouts,
            spreadMinutes,
            startWithinMinutes,
          });
          const begins = runAt(own, new Date(at), "seed");
          if (!begins) return;
          expect(begins.getTime()).toBeGreaterThanOrEqual(at);
          if (startWithinMinutes !== null)
            expect(begins.getTime()).toBeLessThanOrEqual(at + startWithinMinutes * MINUTE);
          // Where it begins it may begin: asked again from there it stays.
          expect(runAt({ ...own, spreadMinutes: 0, startWithinMinutes: null }, begins, "seed")).toEqual(
            begins,
          );
        },
      ),
      { numRuns: 1000, seed: 5 },
    );
  });
});
