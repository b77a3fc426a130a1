import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { floorKeeps } from "./compaction-gate";
import { keepRules } from "./keep-rules";
import {
  allKeepRules,
  type KeepFloor,
  type KeepRules,
  keepsByRule,
  type Mark,
  markArchives,
  type RetainedArchive,
} from "./retention";
import { sayKeepReason, sayKeepRules } from "./retention-words";

// Hundreds of cases each: half a second on a quiet machine, more than the usual five on a busy one.
vi.setConfig({ testTimeout: 60_000 });

const NOW = new Date("2026-11-23T10:00:00Z");
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NONE: KeepRules = {
  ...{ last: 0, withinHours: 0, minutely: 0, hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0 },
  neverFewerThan: 0,
};
const NO_FLOOR: KeepFloor = { newest: 0, weeklyDays: 0 };
const context = { now: NOW, zone: "UTC", floor: NO_FLOOR };

function good(id: string, observedAt: Date, more: Partial<RetainedArchive> = {}): RetainedArchive {
  return { id, observedAt, backupJobId: `job-${id}`, sealed: true, isProtected: false, ...more };
}

const kept = (marks: Mark[]) => marks.filter((mark) => mark.keep).map((mark) => mark.id);
const becauseOf = (marks: Mark[], id: string) =>
  marks.find((mark) => mark.id === id)?.reasons.map((reason) => reason.because);

/** One archive a day at 02:00 for so many days, `d0` the newest. */
const nightly = (days: number) =>
  Array.from({ length: days }, (_, n) => good(`d${n}`, new Date(Date.UTC(2026, 10, 23, 2) - n * DAY)));

describe("what a plan keeps", () => {
  it("is said with every reason", () => {
    const marks = markArchives(nightly(40), { ...NONE, last: 2, daily: 3, weekly: 2, monthly: 2 }, context);
    // 2026-11-23 is a Monday: d0 alone is of this week, d1 (Sunday) ends the one before, d23 (October 31) ends the month before.
    expect(kept(marks)).toEqual(["d0", "d1", "d2", "d23"]);
    expect(becauseOf(marks, "d0")).toEqual(["last", "daily", "weekly", "monthly"]);
    expect(becauseOf(marks, "d1")).toEqual(["last", "daily", "weekly"]);
    expect(marks.find((mark) => mark.id === "d2")?.reasons).toEqual([{ because: "daily", place: 3 }]);
    expect(marks.find((mark) => mark.id === "d3")).toEqual({
      ...{ id: "d3", keep: false, reasons: [{ because: "nothing-keeps-it" }] },
    });
  });

  it("is everything if no rule is set, and everything of the last hours", () => {
    expect(becauseOf(markArchives(nightly(2), NONE, context), "d1")).toEqual(["no-rules"]);
    expect(kept(markArchives(nightly(5), { ...NONE, withinHours: 48 }, context))).toEqual(["d0", "d1"]);
  });

  it("counts periods that have an archive, not empty ones", () => {
    const rare = [
      good("a", new Date("2026-11-01")),
      good("b", new Date("2025-03-01")),
      good("c", new Date("2019-01-01")),
    ];
    expect(kept(markArchives(rare, { ...NONE, daily: 2 }, context))).toEqual(["a", "b"]);
    expect(kept(markArchives(rare, { ...NONE, yearly: 3 }, context))).toEqual(["a", "b", "c"]);
  });

  it("is the newest of each of so many minutes that have one", () => {
    const often = [0, 20, 61, 62, 200].map((seconds) =>
      good(`s${seconds}`, new Date(NOW.getTime() - seconds * 1000)),
    );
    // 10:00:00, 9:59:40, 9:58:59, 9:58:58, 9:56:40.
    expect(kept(markArchives(often, { ...NONE, minutely: 3 }, context))).toEqual(["s0", "s20", "s61"]);
  });

  it("is never fewer than asked for: where rules keep fewer, the newest of the others stay too", () => {
    const rules = { ...NONE, withinHours: 24, monthly: 2 };
    const asleep = { ...context, now: new Date(NOW.getTime() + 90 * DAY) };
    expect(kept(markArchives(nightly(40), rules, asleep))).toEqual(["d0", "d23"]);
    const marks = markArchives(nightly(40), { ...rules, neverFewerThan: 4 }, asleep);
    expect(kept(marks)).toEqual(["d0", "d1", "d2", "d23"]);
    expect(marks.find((mark) => mark.id === "d2")?.reasons).toEqual([{ because: "never-fewer", place: 4 }]);
    // Enough are kept by the rules: it adds nothing. By itself it asks for nothing to go.
    expect(kept(markArchives(nightly(40), { ...rules, neverFewerThan: 2 }, asleep))).toEqual(["d0", "d23"]);
    expect(kept(markArchives(nightly(40), { ...NONE, neverFewerThan: 2 }, asleep))).toHaveLength(40);
  });

  it("reads rules of a time that did not know the newer ones", () => {
    const { minutely: _, neverFewerThan: __, ...old } = { ...NONE, daily: 2 };
    expect(allKeepRules(old)).toEqual({ ...NONE, daily: 2 });
    expect(keepRules.parse(old)).toEqual({ ...NONE, daily: 2 });
    expect(kept(markArchives(nightly(5), old, context))).toEqual(["d0", "d1"]);
    expect(sayKeepRules(old)).toBe("2 daily");
  });

  it("follows the wall clock: an autumn hour that comes twice is two, a spring day of 23 hours is one", () => {
    const autumn = [
      good("first", new Date("2026-10-25T00:30:00Z")),
      good("second", new Date("2026-10-25T01:30:00Z")),
    ];
    const berlin = { ...context, zone: "Europe/Berlin" };
    expect(kept(markArchives(autumn, { ...NONE, hourly: 2 }, berlin))).toEqual(["second", "first"]);
    expect(kept(markArchives(autumn, { ...NONE, daily: 2 }, berlin))).toEqual(["second"]);
    const spring = [
      good("eve", new Date("2026-03-28T22:59:00Z")),
      good("a", new Date("2026-03-28T23:00:00Z")),
      good("b", new Date("2026-03-29T21:59:00Z")),
    ];
    expect(kept(markArchives(spring, { ...NONE, daily: 2 }, berlin))).toEqual(["b", "eve"]);
  });

  it("never takes what is protected, unsealed or not of the plan, and says so", () => {
    const old = new Date("2020-01-01");
    const archives = [
      ...nightly(1),
      good("protected", old, { isProtected: true }),
      good("unsealed", old, { sealed: false }),
      good("by-hand", old, { backupJobId: null, sealed: false }),
      good("old", old),
    ];
    const marks = markArchives(archives, { ...NONE, last: 1 }, context);
    expect(marks.filter((mark) => !mark.keep).map((mark) => mark.id)).toEqual(["old"]);
    expect(becauseOf(marks, "protected")).toEqual(["protected"]);
    expect(becauseOf(marks, "unsealed")).toEqual(["not-sealed"]);
    expect(becauseOf(marks, "by-hand")).toEqual(["not-of-plan", "not-sealed"]);
  });

  it("takes the first archive under a job's name for the job's", () => {
    const jobs = nightly(3);
    const again = good("again", NOW, { backupJobId: "job-d2" });
    const marks = markArchives([again, ...jobs], { ...NONE, last: 1 }, context);
    expect(kept(marks)).toEqual(["again", "d0"]);
    expect(becauseOf(marks, "again")).toEqual(["not-of-plan"]);
  });
});

const rulesOf = (most: number) => {
  const count = fc.integer({ min: 0, max: most });
  return fc.record({
    ...{ last: count, withinHours: fc.integer({ min: 0, max: 500 }), minutely: count, hourly: count },
    ...{ daily: count, weekly: count, monthly: count, yearly: count, neverFewerThan: count },
  });
};
const anyRules = rulesOf(12).filter(keepsByRule);
const anyFloor = fc.record({
  newest: fc.integer({ min: 0, max: 8 }),
  weeklyDays: fc.integer({ min: 0, max: 200 }),
});
/** From three years back to a while after now: our clock may have been set back. */
const anyTime = fc
  .integer({ min: -3 * 366 * 24 * 60, max: 2000 })
  .map((minutes) => new Date(NOW.getTime() + minutes * 60_000));
const anyArchives = fc
  .array(fc.record({ at: anyTime, isProtected: fc.boolean() }), { maxLength: 120 })
  .map((given) => given.map(({ at, isProtected }, n) => good(`g${n}`, at, { isProtected })));
const anyJunk = fc
  .array(
    fc.record({ at: anyTime, kind: fc.constantFrom("by-hand", "unsealed", "same-job"), job: fc.nat(130) }),
    {
      maxLength: 200,
    },
  )
  .map(
    (given) => (archives: readonly RetainedArchive[]) =>
      given.map(({ at, kind, job }, n) => {
        // What claims a job that has its archive was seen after it: the name was taken until then.
        const made = archives[job];
        const after = new Date(Math.max(at.getTime(), (made?.observedAt.getTime() ?? 0) + 1));
        if (kind === "by-hand") return good(`j${n}`, at, { backupJobId: null });
        if (kind === "unsealed") return good(`j${n}`, at, { sealed: false });
        return made
          ? good(`j${n}`, after, { backupJobId: made.backupJobId })
          : good(`j${n}`, at, { backupJobId: null });
      }),
  );
const anyZone = fc.constantFrom(
  "UTC",
  "Europe/Berlin",
  "America/New_York",
  "Australia/Lord_Howe",
  "Asia/Kathmandu",
);
const runs = { seed: 20_261_123, numRuns: 200 };

describe("for any archives and rules", () => {
  it("a floor holds", () => {
    fc.assert(
      fc.property(anyArchives, anyRules, anyFloor, anyZone, (archives, rules, floor, zone) => {
        const marks = markArchives(archives, rules, { now: NOW, zone, floor });
        const keep = new Set(kept(marks));
        const newest = marks.slice(0, floor.newest);
        expect(newest.every((mark) => keep.has(mark.id))).toBe(true);
        const from = NOW.getTime() - floor.weeklyDays * DAY;
        const placed = archives.filter((archive) => archive.observedAt.getTime() > from);
        const weekOf = (at: Date) => Math.floor((at.getTime() / DAY + 3) / 7);
        const weeks = (of: readonly RetainedArchive[]) =>
          new Set(of.map((archive) => weekOf(archive.observedAt)));
        expect(weeks(placed.filter((archive) => keep.has(archive.id)))).toEqual(weeks(placed));
      }),
      runs,
    );
  });

  it("stricter rules and a lower floor keep a subset", () => {
    fc.assert(
      fc.property(
        anyArchives,
        anyRules,
        rulesOf(12),
        anyFloor,
        fc.nat(8),
        (archives, strict, more, low, raise) => {
          const high = { ...low, newest: low.newest + raise };
          const keep = (rules: KeepRules, floor: KeepFloor) =>
            kept(markArchives(archives, rules, { ...context, floor }));
          // As many in any case; the same ones unless "never fewer than" filled up with others.
          expect(keep(strict, low).length).toBeLessThanOrEqual(keep(addUp(strict, more), high).length);
          const many = new Set(keep(addUp(strict, more), high));
          const few = keep({ ...strict, neverFewerThan: 0 }, low);
          expect(few.filter((id) => !many.has(id))).toEqual([]);
        },
      ),
      runs,
    );
  });

  it("what the keeper's own floor would refuse is not proposed", () => {
    fc.assert(
      fc.property(anyArchives, anyRules, anyFloor, anyZone, (archives, rules, floor, zone) => {
        const marks = markArchives(archives, rules, { now: NOW, zone, floor });
        const keepers = floorKeeps(
          archives.map((archive) => ({
            ...{ borgId: archive.id, protected: archive.isProtected, trashedAt: null, removedAt: null },
            observedAt: archive.observedAt.toISOString(),
          })),
          { floorNewest: floor.newest, floorWeeklyDays: floor.weeklyDays },
          NOW,
        );
        // Of two seen in one millisecond each may hold another one for the newest.
        const distinct =
          new Set(archives.map((archive) => archive.observedAt.getTime())).size === archives.length;
        fc.pre(distinct && floor.newest > 0);
        expect(marks.filter((mark) => !mark.keep && keepers.has(mark.id))).toEqual([]);
      }),
      runs,
    );
  });

  it("junk of a client changes nothing for a good archive, and is never removed itself", () => {
    fc.assert(
      fc.property(anyArchives, anyJunk, anyRules, anyFloor, anyZone, (archives, junk, rules, floor, zone) => {
        const where = { now: NOW, zone, floor };
        const alone = markArchives(archives, rules, where);
        const among = markArchives([...junk(archives), ...archives], rules, where);
        expect(among.filter((mark) => mark.id.startsWith("g"))).toEqual(alone);
        expect(among.filter((mark) => mark.id.startsWith("j") && !mark.keep)).toEqual([]);
      }),
      runs,
    );
  });

  it("the order of what comes in decides nothing", () => {
    fc.assert(
      fc.property(
        anyArchives.chain((archives) =>
          fc.tuple(fc.constant(archives), fc.shuffledSubarray(archives, { minLength: archives.length })),
        ),
        anyRules,
        anyFloor,
        ([archives, shuffled], rules, floor) => {
          const where = { ...context, floor };
          expect(markArchives(shuffled, rules, where)).toEqual(markArchives(archives, rules, where));
        },
      ),
      runs,
    );
  });

  it("never fewer stay than asked for, if there are so many", () => {
    fc.assert(
      fc.property(anyArchives, anyRules, anyFloor, anyZone, (archives, rules, floor, zone) => {
        const marks = markArchives(archives, rules, { now: NOW, zone, floor });
        expect(kept(marks).length).toBeGreaterThanOrEqual(Math.min(archives.length, rules.neverFewerThan));
      }),
      runs,
    );
  });

  it("pruning twice removes nothing more the second time", () => {
    fc.assert(
      fc.property(anyArchives, anyRules, anyZone, (archives, rules, zone) => {
        const where = { ...context, zone };
        const keep = new Set(kept(markArchives(archives, rules, where)));
        const left = archives.filter((archive) => keep.has(archive.id));
        expect(kept(markArchives(left, rules, where))).toHaveLength(left.length);
      }),
      runs,
    );
  });
});

it("10,000 tiny archives of a hostile client make no good one removable", () => {
  const archives = nightly(400);
  const rules = { ...NONE, last: 3, daily: 7, weekly: 4, monthly: 6 };
  const floor = { newest: 3, weeklyDays: 90 };
  const junk = Array.from({ length: 10_000 }, (_, n) =>
    good(`j${n}`, new Date(NOW.getTime() - ((n * 7919) % 500_000) * 60_000), { backupJobId: null }),
  );
  const alone = kept(markArchives(archives, rules, { ...context, floor }));
  const among = kept(markArchives([...archives, ...junk], rules, { ...context, floor }));
  expect(among.filter((id) => id.startsWith("d"))).toEqual(alone);
});

describe("in words", () => {
  const rules = { ...NONE, last: 3, withinHours: 48, daily: 7, weekly: 4 };
  const floor = { newest: 3, weeklyDays: 90 };

  it.each([
    [{ because: "daily", place: 3 }, "newest of its day (3 of 7)"],
    [{ because: "last", place: 1 }, "one of the newest 3 (1)"],
    [{ because: "never-fewer", place: 4 }, "never fewer than 0 (4)"],
    [{ because: "within" }, "not older than 48 hours"],
    [{ because: "floor-weekly" }, "never removed: first of its week, for 90 days"],
    [{ because: "nothing-keeps-it" }, "no rule keeps it"],
  ] as const)("says %j", (reason, words) => {
    expect(sayKeepReason(reason, rules, floor)).toBe(words);
  });

  it("says the rules in one phrase", () => {
    expect(sayKeepRules(rules)).toBe("the newest 3, everything of 48 hours, 7 daily and 4 weekly");
    expect(sayKeepRules({ ...NONE, last: 1 })).toBe("the newest one");
    expect(sayKeepRules({ ...NONE, hourly: 2, neverFewerThan: 5 })).toBe("2 hourly, never fewer than 5");
    expect(sayKeepRules(null)).toBe("everything, for ever");
    expect(sayKeepRules(NONE)).toBe("everything, for ever");
  });
});

function addUp(one: KeepRules, other: KeepRules): KeepRules {
  const sum = { ...one };
  for (const key of Object.keys(one) as (keyof KeepRules)[]) sum[key] += other[key];
  return sum;
}
