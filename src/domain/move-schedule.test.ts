import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { moveSchedule } from "./move-schedule";
import { nextRun } from "./next-run";
import type { Schedule, Timing } from "./schedule";

const base = { zone: "Europe/Berlin", spreadMinutes: 0, blackouts: [], startWithinMinutes: null };
const of = (timing: Timing): Schedule => ({ ...base, timing });
/** Monday. */
const AT = (text: string) => new Date(`2026-11-${text}:00+01:00`);

/** The timing that comes out, or why not. */
function moved(timing: Timing, due: Date, to: Date) {
  const result = moveSchedule(of(timing), due, to);
  return "refused" in result ? result.refused : result.schedule.timing;
}

describe("a run that is dragged to another time", () => {
  it("moves the time of day it was due at, and no other", () => {
    const timing: Timing = { kind: "daily", times: ["02:00", "14:00"] };
    expect(moved(timing, AT("23T02:00"), AT("23T04:30"))).toEqual({
      kind: "daily",
      times: ["04:30", "14:00"],
    });
    expect(moved(timing, AT("23T14:00"), AT("23T01:00"))).toEqual({
      kind: "daily",
      times: ["01:00", "02:00"],
    });
    expect(moved(timing, AT("23T14:00"), AT("23T02:00"))).toEqual({ kind: "daily", times: ["02:00"] });
  });

  it("keeps to every day what runs every day, and says so", () => {
    const result = moveSchedule(of({ kind: "daily", times: ["02:00"] }), AT("23T02:00"), AT("25T03:00"));
    expect(result).toMatchObject({ schedule: { timing: { kind: "daily", times: ["03:00"] } } });
    expect("also" in result && result.also).toMatch(/every day/);
  });

  it("moves the weekday with it", () => {
    const timing: Timing = { kind: "weekly", weekdays: [1, 4], times: ["02:00"] };
    expect(moved(timing, AT("23T02:00"), AT("24T05:00"))).toEqual({
      ...{ kind: "weekly", weekdays: [2, 4], times: ["05:00"] },
    });
    expect(moved(timing, AT("23T02:00"), AT("26T02:00"))).toEqual({ ...timing, weekdays: [4] });
  });

  it("moves the day of the month, and the nth weekday keeps its count", () => {
    const monthly: Timing = { kind: "monthly", days: [23], lastDay: false, nth: [], times: ["02:00"] };
    expect(moved(monthly, AT("23T02:00"), AT("25T02:00"))).toEqual({ ...monthly, days: [25] });
    const nth: Timing = { ...monthly, days: [], nth: [{ nth: 4, weekday: 1 }] };
    expect(moved(nth, AT("23T02:00"), AT("25T02:00"))).toEqual({ ...nth, nth: [{ nth: 4, weekday: 3 }] });
    const last: Timing = { ...monthly, days: [], lastDay: true };
    expect(moved(last, AT("30T02:00"), AT("29T03:00"))).toEqual({ ...last, times: ["03:00"] });
  });

  it("is refused in words where there is no one time to move", () => {
    expect(moved({ kind: "hours", every: 4, minute: 0 }, AT("23T04:00"), AT("23T05:00"))).toMatch(
      /how often/,
    );
    expect(moved({ kind: "cron", expression: "0 2 * * *" }, AT("23T02:00"), AT("23T05:00"))).toMatch(/cron/);
    expect(moved({ kind: "daily", times: ["02:00"] }, AT("23T03:00"), AT("23T05:00"))).toMatch(/meanwhile/);
  });
});

it("comes at the time it was moved to, in any zone", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"),
      fc.integer({ min: 0, max: 1439 }),
      fc.integer({ min: 0, max: 6 * 1440 }),
      (zone, minute, later) => {
        const time = `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
        // No clock changes in these weeks.
        const given: Schedule = { ...base, zone, timing: { kind: "weekly", weekdays: [3], times: [time] } };
        const due = nextRun(given, new Date("2026-06-01T00:00:00Z"));
        if (!due) throw new Error("it is due every week");
        const to = new Date(due.getTime() + later * 60_000);
        const result = moveSchedule(given, due, to);
        if ("refused" in result) throw new Error(result.refused);
        expect(nextRun(result.schedule, new Date(to.getTime() - 1))).toEqual(to);
      },
    ),
    { seed: 20_261_123, numRuns: 200 },
  );
});
