import { expect, it } from "vitest";
import type { Schedule } from "./schedule";
import { startTiming, TIMING_CHOICES } from "./timing-choices";
import { upcomingRuns } from "./upcoming-runs";

const nightly: Schedule = {
  ...{ timing: { kind: "daily", times: ["02:00"] }, zone: "Europe/Berlin", spreadMinutes: 30 },
  ...{ blackouts: [], startWithinMinutes: null },
};
const given = { after: new Date("2026-11-23T10:00:00Z"), count: 2, seed: null };
const said = (schedule: Schedule, seed: string | null = null) =>
  upcomingRuns(schedule, { ...given, seed }).map(({ at, moved }) => [at?.toISOString() ?? null, moved]);

it("shows the times by the calendar while the spread is not known, and with it as soon as it is", () => {
  expect(said(nightly)).toEqual([
    ["2026-11-24T01:00:00.000Z", false],
    ["2026-11-25T01:00:00.000Z", false],
  ]);
  const [first] = upcomingRuns(nightly, { ...given, seed: "plan7" });
  const later = (first?.at?.getTime() ?? 0) - (first?.dueAt.getTime() ?? 0);
  expect(later).toBeGreaterThan(0);
  expect(later).toBeLessThanOrEqual(30 * 60_000);
});

it("says what a blackout moves, and what it leaves out", () => {
  const window = { weekdays: [2], from: "01:00", to: "06:00" };
  expect(said({ ...nightly, blackouts: [window] })[0]).toEqual(["2026-11-24T05:00:00.000Z", true]);
  expect(said({ ...nightly, blackouts: [window], startWithinMinutes: 60 })[0]).toEqual([null, false]);
});

it("has none for what is half typed", () => {
  expect(said({ ...nightly, zone: "Europe/Berl" })).toEqual([]);
  expect(said({ ...nightly, timing: { kind: "cron", expression: "0 2 * *" } })).toEqual([]);
});

it("begins each kind of timing so that it comes", () => {
  for (const { kind } of TIMING_CHOICES) {
    const timing = startTiming(kind, { kind: "daily", times: ["04:15"] });
    expect(timing.kind).toBe(kind);
    expect(upcomingRuns({ ...nightly, timing }, given)).toHaveLength(2);
    if ("times" in timing) expect(timing.times).toEqual(["04:15"]);
  }
});
