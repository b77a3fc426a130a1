import { expect, it } from "vitest";
import { saysBehind } from "./coverage";
import type { Coverage } from "./repository";

const NOW = new Date("2026-11-23T12:00:00Z");
const ago = (days: number) => new Date(NOW.getTime() - days * 86_400_000);
const GIB = 1024 ** 3;
const coverage = (given: Partial<Coverage>): Coverage => ({
  ...{ totalBytes: 4 * GIB, coveredBytes: 4 * GIB, overdueBytes: 0, lastCheck: null },
  ...{ oldestReadAt: ago(20).toISOString(), measuredAt: ago(1).toISOString() },
  ...given,
});
const says = (given: Coverage | null, storedDays = 100) =>
  saysBehind({ coverage: given, storedSince: ago(storedDays), everyDays: 30 }, NOW);

it.each([
  ["everything was read in time", coverage({})],
  ["what was written lately waits to be read", coverage({ coveredBytes: 3 * GIB, oldestReadAt: null })],
  ["an older keeper did not tell what is overdue", coverage({ overdueBytes: undefined })],
])("is in time while %s", (_, given) => {
  expect(says(given)).toBeNull();
});

it("gives a new repository as many days for its first reading", () => {
  expect(says(null, 29)).toBeNull();
  expect(says(null, 31)).toBe("Nothing of it was ever read again in 30 days.");
});

it.each([
  [
    "the last check left something",
    { overdueBytes: GIB },
    "1.00 GiB of 4.00 GiB were not read again within 30 days.",
  ],
  [
    "checks have stopped",
    { measuredAt: ago(31).toISOString() },
    "No check has read anything of it for 30 days.",
  ],
  [
    "time has gone by since",
    { oldestReadAt: ago(31).toISOString() },
    "A part of its 4.00 GiB was not read again within 30 days.",
  ],
])("is behind when %s", (_, given, words) => {
  expect(says(coverage(given))).toBe(words);
});
