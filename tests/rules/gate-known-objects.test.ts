import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { KnownObjects } from "~/gate/known-objects";

const HEADER = Buffer.from("4242534b4e4f574e0100000000000000", "hex");
const hashOf = (n: number) => createHash("sha256").update(String(n)).digest();

describe("the gate's list of known objects", () => {
  const folder = mkdtempSync(join(tmpdir(), "known-"));
  let files = 0;
  const write = (ids: readonly Buffer[], header: Buffer = HEADER) => {
    const path = join(folder, `${files++}.ids`);
    writeFileSync(path, Buffer.concat([header, ...[...ids].sort(Buffer.compare)]));
    return path;
  };
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([0, 1, 2, 255, 256, 257, 1000, 50_000])("finds each of %i ids, and no other", (count) => {
    const ids = Array.from({ length: count }, (_, n) => hashOf(n));
    const known = new KnownObjects([write(ids)]);
    for (let n = 0; n < count; n += Math.max(1, count >> 10)) expect(known.has(hashOf(n))).toBe(true);
    for (let n = 0; n < 1000; n++) expect(known.has(randomBytes(32))).toBe(false);
    expect(known.has(Buffer.alloc(32))).toBe(false);
    expect(known.has(Buffer.alloc(32, 0xff))).toBe(false);
    known.close();
  });

  it("is the set of all its files", () => {
    const known = new KnownObjects([write([hashOf(1)]), write([]), write([hashOf(2), hashOf(3)])]);
    expect([0, 1, 2, 3, 4].map((n) => known.has(hashOf(n)))).toEqual([false, true, true, true, false]);
    known.close();
  });

  it("finds ids that a client chose to make guesses go wrong", () => {
    const ids = Array.from({ length: 5000 }, (_, n) => {
      const id = Buffer.alloc(32, n % 2 === 0 ? 0 : 0xff);
      id.writeUInt32BE(n, 28);
      return id;
    });
    const known = new KnownObjects([write([...ids, hashOf(1)])]);
    expect(ids.every((id) => known.has(id))).toBe(true);
    expect(known.has(hashOf(1))).toBe(true);
    expect(known.has(Buffer.alloc(32, 7))).toBe(false);
    known.close();
  });

  it("is an error when a file is missing, cut, or not of this kind", () => {
    expect(() => new KnownObjects([join(folder, "none")])).toThrow();
    expect(() => new KnownObjects([write([hashOf(1)], Buffer.alloc(16))])).toThrow("no list");
    const cut = write([hashOf(1)]);
    truncateSync(cut, 40);
    expect(() => new KnownObjects([cut])).toThrow("no list");
    truncateSync(cut, 3);
    expect(() => new KnownObjects([cut])).toThrow();
  });
});
