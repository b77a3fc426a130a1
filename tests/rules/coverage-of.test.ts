import { expect, it } from "vitest";
import { coverageOf } from "~/keeper/check/coverage-record";

const NOW = new Date("2026-11-23T12:00:00Z");
const ago = (days: number) => new Date(NOW.getTime() - days * 86_400_000);
const ns = (at: Date) => `${BigInt(at.getTime()) * 1_000_000n}`;

/** A segment of so many bytes, written and read so many days ago; null: never read. */
function coverage(segments: readonly [bytes: number, written: number, read: number | null][]) {
  const sealed = segments.map(([size, written], n) => ({ n, size, mtimeNs: ns(ago(written)), inode: "1" }));
  const read = segments.flatMap(([size, written, days], n) =>
    days === null
      ? []
      : [[n, { size, mtimeNs: ns(ago(written)), readAt: ago(days).toISOString(), sha256: null }] as const],
  );
  const record = { segments: Object.fromEntries(read), damaged: [], full: null };
  return coverageOf(record, { segments: sealed }, ago(30), NOW);
}

it("counts as overdue what was last read, or never read and written, before the days that are promised", () => {
  expect(coverage([])).toEqual({ totalBytes: 0, coveredBytes: 0, overdueBytes: 0, oldestReadAt: null });
  expect(
    coverage([
      [1, 90, 20],
      [10, 90, 31],
      [100, 2, null],
      [1000, 40, null],
    ]),
  ).toEqual({ totalBytes: 1111, coveredBytes: 1, overdueBytes: 1010, oldestReadAt: null });
});

it("does not believe a client that a segment was written in the future", () => {
  expect(coverage([[5, -400, null]]).overdueBytes).toBe(5);
  expect(coverage([[5, -400, 1]]).overdueBytes).toBe(0);
});
