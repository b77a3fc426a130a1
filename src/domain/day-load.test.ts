import { expect, it } from "vitest";
import { type Repeating, startsByHour } from "./day-load";
import { plannedAfter } from "./next-run";
import type { Schedule, Timing } from "./schedule";

const FROM = new Date("2026-11-23T10:00:00Z");
const NOW = new Date("2026-11-23T10:20:00Z");

function repeating(timing: Timing, more: Partial<Schedule> = {}): Repeating {
  const schedule: Schedule = {
    ...{ timing, zone: "UTC", spreadMinutes: 0, blackouts: [], startWithinMinutes: null },
    ...more,
  };
  const planned = plannedAfter(schedule, NOW, "plan");
  if (!planned) throw new Error("it is never due");
  return { schedule, seed: "plan", nextDueAt: planned.dueAt, nextRunAt: planned.runAt };
}
const hourly: Timing = { kind: "hours", every: 1, minute: 30 };
const shown = (given: Repeating[]) =>
  Object.fromEntries(
    startsByHour(given, FROM, 24)
      .map((count, hour) => [hour, count] as const)
      .filter(([, count]) => count > 0),
  );

it("counts every time that something is due, not only the next", () => {
  expect(startsByHour([repeating(hourly)], FROM, 24)).toEqual(Array.from({ length: 24 }, () => 1));
  expect(shown([repeating({ kind: "daily", times: ["12:00", "12:30", "09:59", "10:00"] })])).toEqual({
    2: 2,
    23: 1,
  });
  const quarters = startsByHour([repeating({ kind: "minutes", every: 15 })], FROM, 24);
  expect(quarters[0]).toBe(2);
  expect(quarters.slice(1).every((count) => count === 4)).toBe(true);
});

it("counts each of many that share a calendar", () => {
  const many = Array.from({ length: 500 }, () => repeating(hourly));
  expect(startsByHour(many, FROM, 24).every((count) => count === 500)).toBe(true);
});

it("moves what falls into a blackout to its end, as one, and leaves out what then comes too late", () => {
  const blackouts = [{ weekdays: [1, 2], from: "11:00", to: "09:00" }];
  expect(shown([repeating(hourly, { blackouts })])).toEqual({ 0: 1, 23: 2 });
  expect(shown([repeating(hourly, { blackouts, startWithinMinutes: 20 })])).toEqual({ 0: 1, 23: 1 });
});

it("counts a laptop once: when it is due again depends on when it runs", () => {
  expect(shown([repeating({ kind: "available", everyHours: 6, onMains: true, notMetered: true })])).toEqual({
    6: 1,
  });
});
