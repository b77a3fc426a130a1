import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { KnownObjects } from "~/keeper/vault/known-objects";
import { readLivingIds } from "~/keeper/vault/living-ids";
import { type Entry, MANIFEST, writeSegment } from "~tests/support/write-segment";

const id = (n: number) => createHash("sha256").update(String(n)).digest();
/** Ids that begin alike, as someone may choose them: the first 28 bytes are the same. */
const twin = (n: number) => Buffer.concat([Buffer.alloc(28, 1), id(n).subarray(0, 4)]);
const run = (ids: readonly Buffer[]) => Buffer.concat(ids.toSorted(Buffer.compare));

let folder: string;
let known: KnownObjects;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bbs-known-"));
  known = new KnownObjects(join(folder, "known", "list"), null);
});
afterEach(() => rmSync(folder, { recursive: true }));

const contents = async () =>
  (await known.files()).map((path) => {
    const bytes = readFileSync(path).subarray(16);
    return Array.from({ length: bytes.length / 32 }, (_, i) => bytes.toString("hex", i * 32, (i + 1) * 32));
  });

describe("KnownObjects", () => {
  it("is empty before anything was added", async () => {
    expect(await known.files()).toEqual([]);
    expect(await known.has(id(1))).toBe(false);
    await known.add(Buffer.alloc(0));
    expect(await known.files()).toEqual([]);
  });

  it("writes the header and the ids in order, for the group to read", async () => {
    await known.add(run([id(1), id(2)]));
    const [path = ""] = await known.files();
    const bytes = readFileSync(path);
    expect(bytes.subarray(0, 8).toString()).toBe("BBSKNOWN");
    expect([bytes.readUInt32LE(8), bytes.readUInt32LE(12)]).toEqual([1, 0]);
    expect(bytes.subarray(16)).toEqual(run([id(1), id(2)]));
    expect(statSync(path).mode & 0o777).toBe(0o640);
    for (const up of ["..", "../.."]) expect(statSync(join(path, up)).mode & 0o777).toBe(0o750);
  });

  it("holds what was added in many parts, in few lists, each id once", { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uniqueArray(fc.nat(400), { maxLength: 60 }), { minLength: 1, maxLength: 12 }),
        fc.boolean(),
        async (parts, alike) => {
          rmSync(join(folder, "known"), { recursive: true, force: true });
          const make = alike ? twin : id;
          for (const part of parts) await known.add(run(part.map(make)));
          const all = new Set(parts.flat());
          const lists = await contents();
          expect(new Set(lists.flat())).toEqual(new Set([...all].map((n) => make(n).toString("hex"))));
          for (const list of lists) expect(list).toEqual([...new Set(list)].sort());
          expect(lists.length).toBeLessThanOrEqual(1 + Math.log2(1 + all.size));
          const asked = Array.from({ length: 420 }, (_, n) => make(n)).sort(Buffer.compare);
          const found = await known.find(Buffer.concat(asked));
          const expected = new Set([...all].map((n) => make(n).toString("hex")));
          expect([...found]).toEqual(asked.map((one) => Number(expected.has(one.toString("hex")))));
        },
      ),
      { numRuns: 15 },
    );
  });

  it("looks few ids up in a long list", async () => {
    const many = Array.from({ length: 30_000 }, (_, n) => id(n));
    await known.add(run(many));
    const asked = [id(5), id(29_999), id(30_000), Buffer.alloc(32), Buffer.alloc(32, 255)].sort(
      Buffer.compare,
    );
    const found = await known.find(Buffer.concat(asked));
    expect([...found]).toEqual(asked.map((one) => Number(one.equals(id(5)) || one.equals(id(29_999)))));
  });

  it("is readable after a crash, and forgets what the crash left half done", async () => {
    await known.add(run([id(1), id(2)]));
    const list = join(folder, "known", "list");
    writeFileSync(join(list, "2.ids.new"), "half");
    // A merge that had not yet removed what it merged.
    writeFileSync(join(list, "3.ids"), readFileSync(join(list, "1.ids")));
    expect(await known.has(id(2))).toBe(true);
    await known.add(run([id(3)]));
    expect((await contents()).flat().sort()).toContain(id(3).toString("hex"));
    expect(readdirSync(list).filter((name) => !name.endsWith(".ids"))).toEqual([]);
  });

  it("refuses a list that is cut off instead of missing its ids", async () => {
    await known.add(run([id(1), id(2)]));
    const [path = ""] = await known.files();
    writeFileSync(path, readFileSync(path).subarray(0, 70));
    await expect(known.has(id(2))).rejects.toThrow("is not a list of known objects");
  });
});

describe("readLivingIds", () => {
  const path = () => join(folder, "repository");
  const living = async (objectsAtOnce?: number) => {
    const found: string[] = [];
    await readLivingIds(
      path(),
      (view, at) => found.push(Buffer.from(view.buffer.slice(at, at + 32)).toString("hex")),
      undefined,
      objectsAtOnce,
    );
    return found;
  };

  it.each([id, twin])(
    "gives every stored object once and in order, however few fit into memory",
    async (make) => {
      const put = (n: number): Entry => ({ tag: "put", id: make(n) });
      const remove = (n: number): Entry => ({ tag: "delete", id: make(n) });
      const numbers = Array.from({ length: 500 }, (_, n) => n);
      writeSegment(path(), 0, numbers.map(put));
      writeSegment(path(), 1, [remove(3), remove(4), remove(9999), put(4), put(500)]);
      writeSegment(path(), 2, [{ tag: "put", id: MANIFEST }, { tag: "commit" }]);
      writeSegment(path(), 3, [remove(5)]);
      const stored = [...numbers.filter((n) => n !== 3), 500].map((n) => make(n).toString("hex")).sort();
      expect(await living()).toEqual(stored);
      expect(await living(40)).toEqual(stored);
    },
  );

  it("refuses malformed segments", async () => {
    writeSegment(path(), 0, [{ tag: "commit" }, { tag: "commit" }]);
    await expect(living()).rejects.toThrow("malformed");
  });

  it("replaces what was known", async () => {
    await known.add(run([id(1), id(2)]));
    writeSegment(path(), 0, [{ tag: "put", id: id(2) }, { tag: "put", id: id(3) }, { tag: "commit" }]);
    await known.rebuild(path());
    expect(await contents()).toEqual([[id(2), id(3)].map((one) => one.toString("hex")).sort()]);
    rmSync(path(), { recursive: true });
    mkdirSync(path());
    await known.rebuild(path());
    expect(await contents()).toEqual([[]]);
  });
});
