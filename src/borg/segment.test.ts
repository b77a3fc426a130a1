import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { closeSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { type Entry, entryBytes, segmentBytes } from "~tests/support/write-segment";
import { endsWithCommit, openSegment, SegmentCursor, segmentPath } from "./segment";

const folder = mkdtempSync(join(tmpdir(), "bbs-segment-"));
const path = join(folder, "segment");
afterAll(() => rmSync(folder, { recursive: true }));

type Read = { entries: { tag: number; size: number; id: string | null }[]; malformedAt: number | null };

const cursor = new SegmentCursor();

function read(bytes: Buffer): Read {
  writeFileSync(path, bytes);
  const opened = openSegment(path);
  if (typeof opened === "string") throw new Error(opened);
  try {
    cursor.open(opened);
    const entries: Read["entries"] = [];
    while (cursor.next())
      entries.push({
        tag: cursor.tag,
        size: cursor.size,
        id: cursor.tag === 2 ? null : cursor.window.toString("hex", cursor.idAt, cursor.idAt + 32),
      });
    return { entries, malformedAt: cursor.malformedAt };
  } finally {
    closeSync(opened.fd);
  }
}

/** Lengths around the sizes at which the cursor reads in another way. */
const length = fc.oneof(
  fc.nat(300),
  fc.integer({ min: 4000, max: 4200 }),
  fc.integer({ min: 16_000, max: 17_000 }),
  fc.integer({ min: 1_048_000, max: 1_049_000 }),
);
const id = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes));
const entry: fc.Arbitrary<Entry> = fc.oneof(
  fc.record({ tag: fc.constant("put" as const), id, data: length.map((bytes) => Buffer.alloc(bytes, 7)) }),
  fc.record({ tag: fc.constant("delete" as const), id }),
);
const entries = fc.array(entry, { maxLength: 12 });

describe("SegmentCursor", () => {
  it("gives back what was written, whatever the sizes", () => {
    fc.assert(
      fc.property(entries, fc.boolean(), (written, isCommitted) => {
        const all: Entry[] = isCommitted ? [...written, { tag: "commit" }] : written;
        const found = read(segmentBytes(all));
        expect(found.malformedAt).toBeNull();
        expect(found.entries).toEqual(
          all.map((one) => ({
            tag: ["put", "delete", "commit"].indexOf(one.tag),
            size: entryBytes(one).length,
            id: one.tag === "commit" ? null : one.id.toString("hex"),
          })),
        );
        expect(cursor.committed).toBe(isCommitted);
      }),
      { numRuns: 60 },
    );
  });

  it("tells where a segment that was cut off stops to be one", () => {
    fc.assert(
      fc.property(entries, fc.double({ min: 0, max: 1, noNaN: true }), (written, share) => {
        const starts = [8];
        for (const one of written) starts.push((starts.at(-1) ?? 0) + entryBytes(one).length);
        const whole = segmentBytes(written);
        const cut = whole.subarray(0, Math.floor(whole.length * share));
        const { malformedAt } = read(cut);
        const last = starts.findLast((start) => start <= cut.length) ?? 0;
        expect(malformedAt).toBe(last === cut.length && cut.length > 0 ? null : last);
      }),
      { numRuns: 60 },
    );
  });

  it("never gives an entry that reaches past the end, whatever the bytes are", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), (bytes) => {
        const file = Buffer.concat([Buffer.from("BORG_SEG"), bytes]);
        const found = read(file);
        const sum = found.entries.reduce((total, { size }) => total + size, 8);
        expect(sum).toBeLessThanOrEqual(file.length);
        expect(found.malformedAt ?? file.length).toBe(sum);
      }),
    );
  });

  const put = entryBytes({ tag: "put", id: randomBytes(32), data: Buffer.alloc(100) });
  const changed = (bytes: Buffer, at: number, value: number) => {
    const copy = Buffer.from(bytes);
    copy.writeUInt32LE(value, at);
    return copy;
  };
  const oneDelete = entryBytes({ tag: "delete", id: randomBytes(32) });
  const commit = entryBytes({ tag: "commit" });

  it.each<[string, Buffer]>([
    ["a size of 0", changed(put, 4, 0)],
    ["a size below the header's", changed(put, 4, 8)],
    ["a PUT without room for its id", changed(put, 4, 40)],
    ["a size past the end", changed(put, 4, put.length + 1)],
    ["a size near the end of 32 bits", changed(put, 4, 0xffffffff)],
    ["a tag of later formats", changed(put, 8, 3)],
    ["an unknown tag", changed(put, 8, 255)],
    ["a DELETE with data", Buffer.concat([changed(oneDelete, 4, 50), Buffer.alloc(9)])],
    ["a COMMIT of another size", Buffer.concat([changed(commit, 4, 10), Buffer.alloc(1)])],
    ["a COMMIT with a wrong checksum", changed(commit, 0, 1)],
    ["some bytes too few for a header", Buffer.alloc(5)],
  ])("stops at %s", (_name, wrong) => {
    const found = read(Buffer.concat([Buffer.from("BORG_SEG"), put, wrong]));
    expect(found.entries).toHaveLength(1);
    expect(found.malformedAt).toBe(8 + put.length);
  });

  it("stops at an entry that borg would refuse for its length", () => {
    const header = changed(put.subarray(0, 41), 4, 20 * 1024 * 1024 + 1);
    const found = read(Buffer.concat([Buffer.from("BORG_SEG"), header, Buffer.alloc(20 * 1024 * 1024)]));
    expect(found.malformedAt).toBe(8);
  });

  it("stops where something follows a COMMIT", () => {
    const found = read(Buffer.concat([Buffer.from("BORG_SEG"), put, commit, put]));
    expect(found.entries).toHaveLength(2);
    expect(found.malformedAt).toBe(8 + put.length + 9);
  });

  it.each([Buffer.alloc(0), Buffer.from("BORG_SE"), Buffer.from("ATTICSEG"), Buffer.alloc(5000)])(
    "takes nothing for a segment that does not begin as one",
    (bytes) => {
      expect(read(bytes)).toEqual({ entries: [], malformedAt: 0 });
    },
  );
});

describe("endsWithCommit", () => {
  const ends = (bytes: Buffer) => {
    writeFileSync(path, bytes);
    const opened = openSegment(path);
    if (typeof opened === "string") throw new Error(opened);
    try {
      return endsWithCommit(opened);
    } finally {
      closeSync(opened.fd);
    }
  };

  it("sees a COMMIT at the end only", () => {
    const put: Entry = { tag: "put", id: randomBytes(32) };
    expect(ends(segmentBytes([put, { tag: "commit" }]))).toBe(true);
    expect(ends(segmentBytes([{ tag: "commit" }]))).toBe(true);
    expect(ends(segmentBytes([put]))).toBe(false);
    expect(ends(segmentBytes([{ tag: "commit" }, put]))).toBe(false);
    expect(ends(Buffer.alloc(0))).toBe(false);
    expect(ends(entryBytes({ tag: "commit" }))).toBe(false);
  });
});

describe("openSegment", () => {
  it("opens plain files only, and neither follows nor waits", () => {
    const place = (name: string) => join(folder, name);
    writeFileSync(place("file"), "x");
    symlinkSync(place("file"), place("link"));
    mkdirSync(place("folder"));
    execFileSync("mkfifo", [place("fifo")]);
    expect(openSegment(place("link"))).toBe("not-a-file");
    expect(openSegment(place("folder"))).toBe("not-a-file");
    expect(openSegment(place("fifo"))).toBe("not-a-file");
    expect(openSegment("/dev/null")).toBe("not-a-file");
    expect(openSegment(place("absent"))).toBe("missing");
  });
});

describe("segmentPath", () => {
  it("puts a thousand segments into a folder", () => {
    expect(segmentPath("/r", 0)).toBe("/r/data/0/0");
    expect(segmentPath("/r", 999)).toBe("/r/data/0/999");
    expect(segmentPath("/r", 20_001)).toBe("/r/data/20/20001");
  });
});
