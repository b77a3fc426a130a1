import fc from "fast-check";
import { expect, test } from "vitest";
import { treemap } from "./treemap";

const sizes = fc
  .array(fc.integer({ min: 1, max: 1_000_000_000 }), { minLength: 1, maxLength: 60 })
  .map((all) => all.sort((a, b) => b - a));

test("areas are in proportion, fill the whole and lie within it", () => {
  fc.assert(
    fc.property(sizes, fc.double({ min: 0.5, max: 3, noNaN: true }), (given, ratio) => {
      const blocks = treemap(given, ratio);
      const total = given.reduce((sum, size) => sum + size, 0);
      expect(blocks).toHaveLength(given.length);
      for (const [at, block] of blocks.entries()) {
        expect(block.width * block.height).toBeCloseTo((given[at] ?? 0) / total, 6);
        expect(block.left).toBeGreaterThanOrEqual(0);
        expect(block.left + block.width).toBeLessThan(1 + 1e-6);
        expect(block.top + block.height).toBeLessThan(1 + 1e-6);
      }
    }),
  );
});

test("no two blocks overlap", () => {
  fc.assert(
    fc.property(sizes, (given) => {
      const blocks = treemap(given, 2);
      for (const [at, a] of blocks.entries())
        for (const b of blocks.slice(at + 1)) {
          const wide = Math.min(a.left + a.width, b.left + b.width) - Math.max(a.left, b.left);
          const high = Math.min(a.top + a.height, b.top + b.height) - Math.max(a.top, b.top);
          expect(Math.min(wide, high)).toBeLessThan(1e-6);
        }
    }),
  );
});

test("four alike are four squares; nothing at all has no area", () => {
  expect(treemap([1, 1, 1, 1], 1).map(({ width, height }) => [width, height])).toEqual(
    Array.from({ length: 4 }, () => [0.5, 0.5]),
  );
  expect(treemap([], 2)).toEqual([]);
  expect(treemap([0, 0], 2).every(({ width }) => width === 0)).toBe(true);
});
