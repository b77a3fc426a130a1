import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Entry, segmentBytes } from "~tests/support/write-segment";
import { SegmentChecksums } from "./segment-checksums";

const id = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes));
const entry: fc.Arbitrary<Entry> = fc.oneof(
  fc.record({
    tag: fc.constant("put" as const),
    id,
    data: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  }),
  fc.record({ tag: fc.constant("delete" as const), id }),
);
const entries = fc.array(entry, { maxLength: 8 });

/** In pieces of such lengths, over and over. */
function read(bytes: Buffer, lengths: readonly number[] = [bytes.length]) {
  const checksums = new SegmentChecksums();
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const length = Math.max(1, lengths[turn % lengths.length] ?? 1);
    checksums.push(bytes.subarray(at, at + length));
    at += length;
  }
  return { fault: checksums.end(), entries: checksums.entries };
}

describe("checksums of a segment", () => {
  it("finds nothing wrong with what borg writes, however the pieces fall", () => {
    fc.assert(
      fc.property(
        entries,
        fc.boolean(),
        fc.array(fc.integer({ min: 1, max: 70 }), { minLength: 1 }),
        (some, ends, lengths) => {
          const all: Entry[] = ends ? [...some, { tag: "commit" }] : some;
          expect(read(segmentBytes(all), lengths)).toEqual({ fault: null, entries: all.length });
        },
      ),
    );
  });

  it("finds every single flipped bit behind the magic", () => {
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 4 }), fc.nat(), (some, where) => {
        const bytes = segmentBytes([...some, { tag: "commit" }]);
        const bit = where % (bytes.length * 8);
        bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        expect(read(bytes).fault).not.toBe(null);
      }),
    );
  });

  it("finds a segment that lost its end, unless the cut is between two entries", () => {
    const whole = segmentBytes([{ tag: "delete", id: Buffer.alloc(32, 1) }, { tag: "commit" }]);
    for (let length = 0; length < whole.length; length++) {
      const isBetween = length === 8 || length === 8 + 41;
      expect(read(whole.subarray(0, length)).fault === null, String(length)).toBe(isBetween);
    }
  });

  it("takes nothing behind a commit, no unknown tag and no impossible size", () => {
    const after = segmentBytes([{ tag: "commit" }, { tag: "delete", id: Buffer.alloc(32) }]);
    expect(read(after).fault).toEqual({ offset: 17, what: "malformed" });
    const tag = segmentBytes([{ tag: "delete", id: Buffer.alloc(32) }]);
    tag.writeUInt8(7, 16);
    expect(read(tag).fault).toEqual({ offset: 8, what: "malformed" });
    const size = segmentBytes([{ tag: "put", id: Buffer.alloc(32), data: Buffer.alloc(10) }]);
    size.writeUInt32LE(21 * 1024 * 1024, 12);
    expect(read(size).fault).toEqual({ offset: 8, what: "malformed" });
  });
});
