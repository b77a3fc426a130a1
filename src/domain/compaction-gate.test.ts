import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type BeforeCompaction,
  compactionBlockedBy,
  DAY_MS,
  floorKeeps,
  type KeptArchive,
  rulesComeIntoForce,
  windowIsOver,
} from "./compaction-gate";

/** A Wednesday. */
const NOW = new Date("2026-11-25T12:00:00Z");
const at = (daysAgo: number) => new Date(NOW.getTime() - daysAgo * DAY_MS).toISOString();
const archive = (borgId: string, daysAgo: number, more: Partial<KeptArchive> = {}): KeptArchive => ({
  ...{ borgId, observedAt: at(daysAgo), protected: false, trashedAt: null, removedAt: null },
  ...more,
});
const NO_WEEKS = { floorNewest: 2, floorWeeklyDays: 0 };

describe("the floor", () => {
  it("keeps the newest, by the time we saw them, whatever their order", () => {
    const archives = [archive("b", 2), archive("d", 0.1), archive("a", 3), archive("c", 1)];
    expect([...floorKeeps(archives, NO_WEEKS, NOW).keys()].sort()).toEqual(["c", "d"]);
  });

  it("keeps the first of each week, so that archives added later in it displace nothing", () => {
    const junk = Array.from({ length: 50 }, (_, i) => archive(`junk-${i}`, 8 + i / 100));
    const archives = [archive("good", 9), ...junk, archive("new", 1), archive("newest", 0)];
    const kept = floorKeeps(archives, { floorNewest: 1, floorWeeklyDays: 90 }, NOW);
    expect([...kept.keys()].sort()).toEqual(["good", "new", "newest"]);
    expect(kept.get("good")).toBe("It is the first of its week; one a week is kept for 90 days.");
  });

  it("lets weeks go that are older than it reaches", () => {
    const archives = [archive("old", 95), archive("in", 80), archive("newest", 0)];
    const kept = floorKeeps(archives, { floorNewest: 1, floorWeeklyDays: 90 }, NOW);
    expect([...kept.keys()].sort()).toEqual(["in", "newest"]);
  });

  it("keeps protected archives of any age, and says so first", () => {
    const archives = [archive("a", 900, { protected: true }), archive("b", 1), archive("c", 0)];
    expect(floorKeeps(archives, NO_WEEKS, NOW).get("a")).toContain("protected");
  });

  it("does not count archives that are gone", () => {
    const gone = archive("gone", 0, { removedAt: at(0), protected: true });
    expect([...floorKeeps([archive("a", 2), gone], NO_WEEKS, NOW).keys()]).toEqual(["a"]);
  });

  it("never leaves fewer than it promises, whatever is deleted in whatever order", () => {
    const some = fc.array(fc.record({ day: fc.integer({ min: 0, max: 200 }), isProtected: fc.boolean() }), {
      maxLength: 60,
    });
    const floors = fc.record({
      floorNewest: fc.integer({ min: 1, max: 20 }),
      floorWeeklyDays: fc.integer({ min: 0, max: 120 }),
    });
    fc.assert(
      fc.property(some, floors, (days, floor) => {
        const archives = days.map(({ day, isProtected }, i) =>
          archive(String(i), day, { protected: isProtected }),
        );
        const kept = floorKeeps(archives, floor, NOW);
        const left = archives.filter((one) => kept.has(one.borgId));
        expect(left.length).toBeGreaterThanOrEqual(Math.min(floor.floorNewest, archives.length));
        expect(archives.every((one) => !one.protected || kept.has(one.borgId))).toBe(true);
        // What it keeps it keeps again when the rest is gone: deleting in two steps ends where one step does.
        expect([...floorKeeps(left, floor, NOW).keys()].sort()).toEqual([...kept.keys()].sort());
      }),
    );
  });

  it("looks at 10,000 archives in less than 100 ms", () => {
    const archives = Array.from({ length: 10_000 }, (_, i) => archive(String(i), i / 50));
    const from = performance.now();
    expect(floorKeeps(archives, { floorNewest: 3, floorWeeklyDays: 90 }, NOW).size).toBeGreaterThan(10);
    expect(performance.now() - from).toBeLessThan(100);
  });
});

describe("the gate before a compaction", () => {
  const ready: BeforeCompaction = {
    ...{ held: false, sessionOpen: false, unauditedSessions: 0, sealedTransaction: 12 },
    ...{ committedTransaction: 12, ledgerDiffers: 0, due: 1 },
  };
  it("is open when everything is audited, sealed, as the ledger says, and something is due", () => {
    expect(compactionBlockedBy(ready)).toEqual([]);
    expect(compactionBlockedBy({ ...ready, ledgerDiffers: null })).toEqual([]);
  });
  it.each<[Partial<BeforeCompaction>, string]>([
    [{ held: true }, "held"],
    [{ sessionOpen: true }, "connected"],
    [{ unauditedSessions: 1 }, "One session has not been audited"],
    [{ unauditedSessions: 2 }, "2 sessions have not been audited"],
    [{ sealedTransaction: null }, "not sealed"],
    [{ sealedTransaction: 8 }, "not sealed"],
    [{ committedTransaction: null }, "not sealed"],
    [{ ledgerDiffers: 1 }, "differs from the ledger in 1 archive."],
    [{ due: 0 }, "Nothing has been in the trash"],
  ])("is closed by %o", (change, word) => {
    expect(compactionBlockedBy({ ...ready, ...change })).toEqual([expect.stringContaining(word)]);
  });
});

describe("changed rules", () => {
  const held = { trashDays: 7, keepOldSealDays: 7, floorNewest: 3, floorWeeklyDays: 90 };
  it("hold at once where they are stricter, later where they are looser", () => {
    expect(rulesComeIntoForce(held, { ...held, trashDays: 0, floorNewest: 9 })).toEqual({
      now: { ...held, floorNewest: 9 },
      later: { ...held, trashDays: 0, floorNewest: 9 },
    });
    expect(rulesComeIntoForce(held, { ...held, trashDays: 30 })).toEqual({
      now: { ...held, trashDays: 30 },
      later: null,
    });
    expect(rulesComeIntoForce(held, held)).toEqual({ now: held, later: null });
  });
});

describe("a window", () => {
  const since = new Date(at(7));
  const week = 7 * 86_400;
  it("is over when both clocks say so", () => {
    expect(windowIsOver({ since, now: NOW, ranSeconds: week, days: 7 })).toBe(true);
    expect(windowIsOver({ since: NOW, now: NOW, ranSeconds: 0, days: 0 })).toBe(true);
  });
  it("is not ended by a clock that was set forwards, nor by one that was set back", () => {
    const years = new Date("2099-01-01T00:00:00Z");
    expect(windowIsOver({ since, now: years, ranSeconds: 60, days: 7 })).toBe(false);
    expect(windowIsOver({ since: years, now: NOW, ranSeconds: 9 * week, days: 7 })).toBe(false);
    expect(windowIsOver({ since: years, now: NOW, ranSeconds: 9 * week, days: 0 })).toBe(false);
  });
});
