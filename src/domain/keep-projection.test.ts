import { describe, expect, it } from "vitest";
import { KEEP_PRESETS } from "./keep-presets";
import { meanBytes, type ProjectedRuns, projectKeep, projectRuns } from "./keep-projection";
import { allKeepRules, type KeepRules, markArchives, type RetainedArchive } from "./retention";
import type { Schedule } from "./schedule";

const NOW = new Date("2026-11-23T10:00:00Z");
const DAY = 86_400_000;
const given = { now: NOW, zone: "UTC", floor: { newest: 0, weeklyDays: 0 } };
const nightly: Schedule = {
  ...{ timing: { kind: "daily", times: ["02:00"] }, zone: "UTC", spreadMinutes: 0 },
  ...{ blackouts: [], startWithinMinutes: null },
};
const rules = (some: Partial<KeepRules>) =>
  allKeepRules({
    ...{ last: 0, withinHours: 0, hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0 },
    ...some,
  });
const balanced = KEEP_PRESETS.find(({ key }) => key === "balanced")?.rules ?? null;

describe("a projected year", () => {
  it("is made of the plan's own times, or of one a day", () => {
    expect(projectRuns(nightly, NOW).made).toBe(365);
    expect(projectRuns(nightly, NOW).at[0]?.toISOString()).toBe("2026-11-24T02:00:00.000Z");
    expect(projectRuns(null, NOW).made).toBe(365);
    const often = projectRuns({ ...nightly, timing: { kind: "minutes", every: 5 } }, NOW);
    expect(often.made).toBe(105_120);
    expect(often.at.length).toBeLessThan(13_000);
  });

  it("ends with what the rules keep, day by day", () => {
    const end = projectKeep(projectRuns(nightly, NOW), [], balanced, given);
    expect(end.days).toHaveLength(366);
    expect(end.days.reduce((sum, { made }) => sum + made, 0)).toBe(365);
    expect(end.days.reduce((sum, { kept }) => sum + kept, 0)).toBe(end.keptOfRuns);
    // 14 days, which hold the end of three of the eight weeks, and ten more months: October ends with its week.
    expect(end.keptOfRuns).toBe(14 + 5 + 10);
    expect(projectKeep(projectRuns(nightly, NOW), [], null, given).keptOfRuns).toBe(365);
  });

  it("judges the archives that are there among those to come", () => {
    const there = [1, 40, 400].map((days): RetainedArchive => {
      const id = `d${days}`;
      const observedAt = new Date(NOW.getTime() - days * DAY);
      return { id, observedAt, backupJobId: id, sealed: true, isProtected: days === 400 };
    });
    const end = projectKeep(projectRuns(nightly, NOW), there, rules({ daily: 7, yearly: 5 }), given);
    // The protected one is also the newest of its year; the newest of 2026 is one that is to come.
    expect(end.keptOfExisting).toBe(1);
  });

  it("comes to the same as pruning after each backup", () => {
    const policy = rules({ last: 2, daily: 5, weekly: 3, monthly: 4 });
    const runs: ProjectedRuns = projectRuns(nightly, NOW);
    let left: RetainedArchive[] = [];
    for (const at of runs.at) {
      const id = at.toISOString();
      left.push({ id, observedAt: at, backupJobId: id, sealed: true, isProtected: false });
      const kept = new Set(
        markArchives(left, policy, { ...given, now: at }).flatMap(({ id: one, keep }) => (keep ? [one] : [])),
      );
      left = left.filter((archive) => kept.has(archive.id));
    }
    expect(projectKeep(runs, [], policy, given).keptOfRuns).toBe(left.length);
  });
});

it("takes the mean of what is known of the newest", () => {
  const of = (...bytes: (number | null)[]) => bytes.map((deduplicatedBytes) => ({ deduplicatedBytes }));
  expect(meanBytes(of(null, 10, 20))).toBe(15);
  expect(meanBytes(of(10, 20, 90), 2)).toBe(15);
  expect(meanBytes(of(null))).toBeNull();
});
