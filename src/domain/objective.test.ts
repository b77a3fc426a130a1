import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NO_OBJECTIVES } from "./no-options";
import { judgeObjective, OBJECTIVE_STATES, type ObjectiveFacts, worstState } from "./objective";
import type { Schedule } from "./schedule";

const NOW = new Date("2026-11-23T10:00:00.000Z");
const hoursAgo = (hours: number) => new Date(NOW.getTime() - hours * 3_600_000);
const daily: Schedule = {
  timing: { kind: "daily", times: ["02:00"] },
  ...{ zone: "UTC", spreadMinutes: 0, blackouts: [], startWithinMinutes: null },
};
const facts = (given: Partial<ObjectiveFacts>): ObjectiveFacts => ({
  objectives: NO_OBJECTIVES,
  since: hoursAgo(1000),
  ...{ lastArchiveAt: hoursAgo(8), schedule: null, dueAt: null, restoreProvenAt: null },
  ...given,
});
const stateOf = (given: Partial<ObjectiveFacts>) => judgeObjective(facts(given), NOW).state;
const rpo = (rpoHours: number) => ({ ...NO_OBJECTIVES, rpoHours });

describe("an objective", () => {
  it.each([
    ["an archive within the RPO", { objectives: rpo(9) }, "ok"],
    ["an archive older than the RPO", { objectives: rpo(7) }, "breached"],
    [
      "no archive, and the RPO is not over since the plan was made",
      { objectives: rpo(9), since: hoursAgo(3), lastArchiveAt: null },
      "unproven",
    ],
    ["no archive, and the RPO is over", { objectives: rpo(9), lastArchiveAt: null }, "breached"],
    ["a plan that runs when asked and has an old archive", { lastArchiveAt: hoursAgo(900) }, "ok"],
    ["a plan that runs when asked and has none", { lastArchiveAt: null }, "unproven"],
    [
      "a daily plan whose archive missed its time by less than half a day",
      { schedule: daily, dueAt: hoursAgo(8) },
      "ok",
    ],
    [
      "a daily plan whose archive missed its time by more",
      { schedule: daily, dueAt: hoursAgo(32) },
      "breached",
    ],
    [
      "a daily plan with spread is given that too",
      { schedule: { ...daily, spreadMinutes: 1440 }, dueAt: hoursAgo(32) },
      "ok",
    ],
    [
      "an RPO stands above the calendar",
      { schedule: daily, dueAt: hoursAgo(32), objectives: rpo(100) },
      "ok",
    ],
    ["a restore that proved it", { restoreProvenAt: hoursAgo(50) }, "proven"],
    ["a restore that is a year old", { restoreProvenAt: hoursAgo(8760) }, "ok"],
    [
      "a promised restore that is too old",
      { objectives: { ...NO_OBJECTIVES, restoreProvenDays: 7 }, restoreProvenAt: hoursAgo(200) },
      "breached",
    ],
    [
      "a promised restore that has time yet",
      { objectives: { ...NO_OBJECTIVES, restoreProvenDays: 60 } },
      "unproven",
    ],
    [
      "a promised restore that never came",
      { objectives: { ...NO_OBJECTIVES, restoreProvenDays: 30 } },
      "breached",
    ],
    [
      "a promised copy off site where nothing counts such copies",
      { objectives: { ...NO_OBJECTIVES, offsiteHours: 1 } },
      "ok",
    ],
    [
      "a promised copy off site that is not there",
      { objectives: { ...NO_OBJECTIVES, offsiteHours: 1 }, offsiteAt: null },
      "breached",
    ],
  ] as const)("of %s", (_, given, state) => {
    expect(stateOf(given)).toBe(state);
  });

  it("of a laptop is not overdue before it was away for a week", () => {
    const timing = { kind: "available", everyHours: 24, onMains: true, notMetered: true } as const;
    const schedule = { ...daily, timing };
    expect(stateOf({ schedule, dueAt: hoursAgo(6 * 24) })).toBe("ok");
    expect(stateOf({ schedule, dueAt: hoursAgo(8 * 24) })).toBe("breached");
  });

  it("never gets better by waiting", () => {
    const age = fc.integer({ min: 0, max: 3000 });
    const maybe = fc.option(fc.integer({ min: 1, max: 2000 }), { nil: null });
    fc.assert(
      fc.property(
        age,
        fc.option(age, { nil: null }),
        maybe,
        maybe,
        age,
        (archive, proof, rpoHours, days, wait) => {
          const given = facts({
            lastArchiveAt: hoursAgo(archive),
            restoreProvenAt: proof === null ? null : hoursAgo(proof),
            objectives: { rpoHours, restoreProvenDays: days, offsiteHours: null },
          });
          const later = new Date(NOW.getTime() + wait * 3_600_000);
          const rank = (at: Date) => OBJECTIVE_STATES.indexOf(judgeObjective(given, at).state);
          expect(rank(later)).toBeLessThanOrEqual(rank(NOW));
        },
      ),
    );
  });

  it("says since when it is overdue, and what was promised", () => {
    expect(judgeObjective(facts({ objectives: rpo(5) }), NOW)).toMatchObject({
      reasons: ["overdue"],
      dueBy: hoursAgo(3),
      say: "Overdue for 3 h: the newest audited archive is 8 h old; one is promised every 5 h.",
    });
  });
});

it("takes the worst of a plan's repositories", () => {
  expect(worstState(["proven", "breached", "ok"])).toBe("breached");
  expect(worstState([])).toBeNull();
});
