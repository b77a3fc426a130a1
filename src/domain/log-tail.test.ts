import { describe, expect, it } from "vitest";
import { compareCursors, extendTail, hasEarlierLines, LONGEST_TAIL, type TailLine } from "./log-tail";

const line = (cursor: string): TailLine => ({ cursor, at: new Date(0), level: "info", message: cursor });
const lines = (...cursors: string[]) => cursors.map(line);
const cursors = (tail: readonly TailLine[]) => tail.map((one) => one.cursor);

describe("the tail of a log", () => {
  it("takes every line once, however often it comes", () => {
    const tail = extendTail(extendTail([], lines("1-1", "1-2")), lines("1-1", "1-2", "1-3"));
    expect(cursors(tail)).toEqual(["1-1", "1-2", "1-3"]);
    expect(extendTail(tail, lines("1-3"))).toBe(tail);
  });

  it("goes on with the next hand-out of the same job", () => {
    expect(cursors(extendTail(lines("1-7"), lines("2-1")))).toEqual(["1-7", "2-1"]);
  });

  it("does not pretend that lines follow each other when some were missed", () => {
    expect(cursors(extendTail(lines("1-1", "1-2"), lines("1-9", "1-10")))).toEqual(["1-9", "1-10"]);
  });

  it("orders by number, not by text", () => {
    expect(compareCursors("1-10", "1-9")).toBeGreaterThan(0);
    expect(compareCursors("2-1", "10-1")).toBeLessThan(0);
  });

  it("knows whether there is more before", () => {
    expect(hasEarlierLines([])).toBe(false);
    expect(hasEarlierLines(lines("1-1"))).toBe(false);
    expect(hasEarlierLines(lines("1-501"))).toBe(true);
  });

  it("holds a bounded number of lines", () => {
    const many = Array.from({ length: LONGEST_TAIL }, (_, at) => line(`1-${at + 1}`));
    const tail = extendTail(many, lines(`1-${LONGEST_TAIL + 1}`));
    expect(tail).toHaveLength(LONGEST_TAIL);
    expect(tail.at(-1)?.cursor).toBe(`1-${LONGEST_TAIL + 1}`);
  });
});
