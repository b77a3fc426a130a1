import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DecidedRun, decideDue, type Hindrance } from "./decide-due";
import { nextRun, plannedAfter } from "./next-run";
import type { Schedule, Timing } from "./schedule";

const HOUR = 3_600_000;
const START = new Date("2026-10-20T00:00:00Z");

const anyTiming: fc.Arbitrary<Timing> = fc.constantFrom<Timing>(
  { kind: "minutes", every: 45 },
  { kind: "hours", every: 1, minute: 10 },
  { kind: "daily", times: ["02:30", "14:00"] },
  { kind: "weekly", weekdays: [1, 3, 7], times: ["02:30"] },
  { kind: "cron", expression: "*/30 * * * *" },
);
const anySchedule: fc.Arbitrary<Schedule> = fc.record({
  timing: anyTiming,
  zone: fc.constantFrom("UTC", "Europe/Berlin", "Australia/Lord_Howe"),
  spreadMinutes: fc.constantFrom(0, 30, 300),
  blackouts: fc.constantFrom(
    [],
    [{ weekdays: [1, 2, 3, 4, 5], from: "22:00", to: "03:30" }],
    [{ weekdays: [6, 7], from: "00:00", to: "00:00" }],
  ),
  startWithinMinutes: fc.constantFrom(null, 5, 90, 2000),
});
const anyHindrance: fc.Arbitrary<Hindrance> = fc.constantFrom<Hindrance>(null, null, {
  kind: "skip",
  reason: { code: "former-unfinished", say: "It still waits." },
});

describe("what becomes of due times", () => {
  it("is decided for each of them once, without a gap, whenever one looks", () => {
    const looks = fc.array(fc.tuple(fc.integer({ min: 1, max: 40 * HOUR }), anyHindrance), { maxLength: 40 });
    fc.assert(
      fc.property(anySchedule, looks, (schedule, pauses) => {
        let next = plannedAfter(schedule, START, "seed");
        let now = START;
        const runs: DecidedRun[] = [];
        for (const [pause, hindrance] of pauses) {
          now = new Date(now.getTime() + pause);
          if (!next || next.runAt > now) continue;
          const decided = decideDue({ schedule, seed: "seed", nextDueAt: next.dueAt, hindrance }, now);
          const queued = decided.runs.filter(({ outcome }) => outcome === "queued");
          expect(queued.length).toBeLessThanOrEqual(1);
          for (const { dueAt } of queued) {
            expect(hindrance).toBeNull();
            if (schedule.startWithinMinutes === null) continue;
            expect(now.getTime()).toBeLessThanOrEqual(dueAt.getTime() + schedule.startWithinMinutes * 60_000);
          }
          expect(
            decided.runs.every(({ outcome, reason }) => (outcome === "skipped") === (reason !== null)),
          ).toBe(true);
          runs.push(...decided.runs);
          next = decided.next;
        }
        let due = nextRun(schedule, START);
        for (const run of runs) {
          expect(run.dueAt).toEqual(due);
          due = due && nextRun(schedule, due);
        }
        expect(next?.dueAt).toEqual(due);
      }),
      { numRuns: 400, seed: 9 },
    );
  });

  it("is put off to the end of a blackout that one finds oneself in, and runs then", () => {
    const blackouts = [{ weekdays: [2], from: "08:00", to: "18:00" }];
    const schedule: Schedule = {
      ...{
        timing: { kind: "daily", times: ["03:00"] },
        zone: "UTC",
        spreadMinutes: 0,
        blackouts,
        startWithinMinutes: null,
      },
    };
    const given = { schedule, seed: "x", nextDueAt: new Date("2026-10-20T03:00:00Z"), hindrance: null };
    const inside = decideDue(given, new Date("2026-10-20T09:00:00Z"));
    expect(inside).toEqual({
      runs: [],
      next: { dueAt: given.nextDueAt, runAt: new Date("2026-10-20T18:00:00Z") },
    });
    const after = decideDue(given, new Date("2026-10-20T18:00:00Z"));
    expect(after.runs).toEqual([{ dueAt: given.nextDueAt, outcome: "queued", reason: null }]);
    expect(after.next?.dueAt).toEqual(new Date("2026-10-21T03:00:00Z"));
  });
});
