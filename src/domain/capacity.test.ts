import fc from "fast-check";
import { expect, it } from "vitest";
import { compactionReserve, daysUntilFull, largestPossibleReserve, saysShortOfRoom } from "./capacity";

const GIB = 1024 ** 3;
const bytes = fc.integer({ min: 0, max: 2 ** 45 });

it("keeps a tenth of the largest repository free, and never less than a segment needs", () => {
  expect(compactionReserve(0)).toBe(GIB / 2);
  expect(compactionReserve(40 * GIB)).toBe(4 * GIB);
  expect(saysShortOfRoom({ freeBytes: 5 * GIB, largestRepositoryBytes: 40 * GIB })).toBe(null);
  expect(saysShortOfRoom({ freeBytes: 4 * GIB, largestRepositoryBytes: 40 * GIB })).toMatch(
    /^Waits until the storage has room: 4\S* GiB are free, and 4\S* GiB are kept for compaction\./,
  );
});

it("is never short while more than the largest possible reserve is free", () => {
  fc.assert(
    fc.property(bytes, bytes, fc.double({ min: 0, max: 1, noNaN: true }), (freeBytes, used, part) => {
      const room = { freeBytes, totalBytes: freeBytes + used };
      if (freeBytes <= largestPossibleReserve(room)) return;
      expect(saysShortOfRoom({ freeBytes, largestRepositoryBytes: Math.floor(used * part) })).toBe(null);
    }),
  );
});

it.each([
  ["at ten a day", { freeBytes: 1100, reserveBytes: 100, grownBytes: 100, days: 10 }, 100],
  ["now, when only the reserve is left", { freeBytes: 50, reserveBytes: 100, grownBytes: 100, days: 10 }, 0],
  ["never, when it shrinks", { freeBytes: 1100, reserveBytes: 100, grownBytes: -5, days: 10 }, null],
  ["unknown after a day", { freeBytes: 1100, reserveBytes: 100, grownBytes: 100, days: 1 }, null],
  ["too far away to say", { freeBytes: 1e15, reserveBytes: 0, grownBytes: 100, days: 10 }, null],
])("forecasts when it is full: %s", (_, given, days) => {
  expect(daysUntilFull(given)).toBe(days);
});
