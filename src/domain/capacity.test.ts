import fc from "fast-check";
import { expect, it } from "vitest";
import {
  compactionReserve,
  type Forecast,
  forecastFull,
  largestPossibleReserve,
  sayForecast,
  saysShortOfRoom,
  soonest,
} from "./capacity";

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

it.each<[string, Parameters<typeof forecastFull>[0], Forecast, string]>([
  [
    "at ten a day",
    { freeBytes: 1100, reserveBytes: 100, grownBytes: 100, days: 10 },
    { kind: "days", days: 100, overDays: 10 },
    "Full in 100 days if it goes on as in the last 10 days.",
  ],
  [
    "now, when only the reserve is left",
    { freeBytes: 50, reserveBytes: 100, grownBytes: 100, days: 10 },
    { kind: "days", days: 0, overDays: 10 },
    "Full today if it goes on as in the last 10 days.",
  ],
  [
    "never, when it shrinks",
    { freeBytes: 1100, reserveBytes: 100, grownBytes: -5, days: 10 },
    { kind: "not-growing", overDays: 10 },
    "It did not grow in the last 10 days.",
  ],
  [
    "unknown after a day",
    { freeBytes: 1100, reserveBytes: 100, grownBytes: 100, days: 1 },
    { kind: "too-early" },
    "When it will be full is known after 3 days of measuring.",
  ],
  [
    "too far away to say",
    { freeBytes: 1e15, reserveBytes: 0, grownBytes: 100, days: 10 },
    { kind: "far" },
    "Not full within ten years, as it goes on now.",
  ],
])("forecasts when it is full: %s", (_, given, forecast, words) => {
  expect(forecastFull(given)).toEqual(forecast);
  expect(sayForecast(forecast)).toBe(words);
});

it("names the room that ends first, whatever stands before it", () => {
  const rooms: { name: string; forecast: Forecast }[] = [
    { name: "new", forecast: { kind: "too-early" } },
    { name: "nas", forecast: { kind: "days", days: 90, overDays: 30 } },
    { name: "main", forecast: { kind: "days", days: 9, overDays: 30 } },
  ];
  expect(soonest(rooms)?.name).toBe("main");
  expect(soonest(rooms.slice(0, 1))?.name).toBe("new");
  expect(soonest([])).toBeNull();
});
