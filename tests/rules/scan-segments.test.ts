import { createHash } from "node:crypto";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { segmentPath } from "~/borg/segment";
import { KnownObjects } from "~/keeper/vault/known-objects";
import { scanSegments } from "~/keeper/vault/scan-segments";
import { findStraySegments, lastCommit, listSegments } from "~/keeper/vault/segment-files";
import type { LedgeredSession } from "~/keeper/vault/session-spans";
import { type Entry, entryBytes, MANIFEST, writeSegment } from "~tests/support/write-segment";

const id = (n: number) => createHash("sha256").update(String(n)).digest();
const put = (n: number, data: Buffer = Buffer.from("data")): Entry => ({ tag: "put", id: id(n), data });
const remove = (n: number): Entry => ({ tag: "delete", id: id(n) });
const COMMIT: Entry = { tag: "commit" };
const PUT_MANIFEST: Entry = { tag: "put", id: MANIFEST };
const DELETE_MANIFEST: Entry = { tag: "delete", id: MANIFEST };

let folder: string;
let path: string;
let known: KnownObjects;
let next: number;
let sessions: LedgeredSession[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bbs-rules-scan-"));
  path = join(folder, "repository");
  known = new KnownObjects(join(folder, "known", "list"), null);
  next = 0;
  sessions = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A transaction as borg lays it out: objects, manifest, commit. */
function transaction(
  entries: readonly Entry[],
  manifest: readonly Entry[] = [DELETE_MANIFEST, PUT_MANIFEST],
) {
  for (const part of [entries, ...manifest.map((one) => [one]), [COMMIT]]) writeSegment(path, next++, part);
}

/** Transactions of one session of the ledger. */
function session(...transactions: Entry[][]): number {
  const before = next - 1;
  for (const entries of transactions) transaction(entries);
  sessions.push({ sequence: sessions.length + 1, before, after: next - 1 });
  return sessions.length;
}

const order = (after = -1) => ({ path, after, sessions, known });
const scan = async (after = -1) => scanSegments({ ...order(after), through: await lastCommit(path) });
const know = (...numbers: number[]) => known.add(Buffer.concat(numbers.map(id).sort(Buffer.compare)));

describe("what one session may do", () => {
  it("may store, and take back what it stored", async () => {
    await know(1, 2);
    session([put(10), put(11)], [remove(10), put(12)]);
    const { evidence, newIds } = await scan();
    expect(evidence).toEqual([]);
    expect(newIds).toEqual(Buffer.concat([id(11), id(12)].sort(Buffer.compare)));
  });

  it("may not delete what was known", async () => {
    await know(1);
    const blamed = session([put(10), remove(1)]);
    expect((await scan()).evidence).toEqual([
      { kind: "objects-deleted", count: 1, segment: 0, session: blamed },
    ]);
  });

  it("may not delete what a session before stored", async () => {
    session([put(10)]);
    const blamed = session([put(11)], [remove(10)]);
    expect((await scan()).evidence).toEqual([
      { kind: "objects-deleted", count: 1, segment: 8, session: blamed },
    ]);
  });

  it.each([
    ["without a DELETE", [put(1)]],
    ["after a DELETE", [remove(1), put(1)]],
    ["and again", [put(1), remove(1), put(1)]],
  ])("may not write a known object anew %s", async (_name, entries) => {
    await know(1);
    const blamed = session(entries);
    const { evidence, newIds } = await scan();
    expect(evidence).toEqual([{ kind: "objects-replaced", count: 1, segment: 0, session: blamed }]);
    expect(newIds).toHaveLength(0);
  });

  it("may not hide a deletion of a known object behind a PUT", async () => {
    await know(1);
    const blamed = session([put(1), remove(1)]);
    expect((await scan()).evidence).toEqual([
      { kind: "objects-deleted", count: 1, segment: 0, session: blamed },
    ]);
  });

  it("may not write anew what a session before stored", async () => {
    session([put(10)]);
    const blamed = session([put(10)]);
    expect((await scan()).evidence).toEqual([
      { kind: "objects-replaced", count: 1, segment: 4, session: blamed },
    ]);
  });

  it("may store what a session before stored and took back", async () => {
    session([put(10), remove(10)]);
    session([put(10)]);
    const { evidence, newIds } = await scan();
    expect(evidence).toEqual([]);
    expect(newIds).toEqual(id(10));
  });

  it("may not delete what was never there", async () => {
    const blamed = session([remove(99)]);
    expect((await scan()).evidence).toEqual([
      { kind: "objects-deleted", count: 1, segment: 0, session: blamed },
    ]);
  });
});

describe("what a scan finds besides", () => {
  it("a manifest that is gone at a commit", async () => {
    session([put(1)]);
    transaction([put(2)], [DELETE_MANIFEST]);
    sessions.push({ sequence: 2, before: 3, after: next - 1 });
    expect((await scan()).evidence).toEqual([{ kind: "manifest-missing" }]);
  });

  it("commits of no session, wherever they stand", async () => {
    session([put(1)]);
    transaction([put(2)]);
    session([put(3)]);
    transaction([put(4)]);
    expect((await scan()).evidence).toEqual([{ kind: "commit-unledgered", count: 2, first: 7 }]);
  });

  it("nothing in what an aborted session left behind the last commit", async () => {
    session([put(1)]);
    writeSegment(path, next, [put(2), remove(1)]);
    const { evidence, transaction: last, segments } = await scan();
    expect(evidence).toEqual([]);
    expect([last, segments.length]).toEqual([3, 4]);
  });

  it("a segment that is cut off", async () => {
    session([put(1)], [put(2)]);
    writeFileSync(
      segmentPath(path, 4),
      Buffer.concat([Buffer.from("BORG_SEG"), entryBytes(put(3)), Buffer.alloc(4)]),
    );
    expect((await scan()).evidence).toEqual([{ kind: "segment-malformed", segment: 4, offset: 8 + 45 }]);
  });

  it("a link, a folder and a missing file in the place of segments", async () => {
    session([put(1)], [put(2)], [put(3)]);
    renameSync(segmentPath(path, 2), join(folder, "moved"));
    symlinkSync(join(folder, "moved"), segmentPath(path, 2));
    rmSync(segmentPath(path, 5));
    mkdirSync(segmentPath(path, 5));
    rmSync(segmentPath(path, 8));
    const { evidence } = await scan(1);
    expect(evidence).toContainEqual({ kind: "segments-missing", count: 1, first: 8 });
    expect(evidence).toContainEqual({ kind: "segment-malformed", segment: 2, offset: 0 });
    expect(evidence).toContainEqual({ kind: "segment-malformed", segment: 5, offset: 0 });
  });

  it("a link behind the last commit, which borg would follow", async () => {
    session([put(1)]);
    writeSegment(path, 700, [remove(1), COMMIT]);
    renameSync(segmentPath(path, 700), join(folder, "forged"));
    symlinkSync(join(folder, "forged"), segmentPath(path, 4));
    expect(await lastCommit(path)).toBe(4);
    expect((await scan()).evidence).toContainEqual({ kind: "segment-malformed", segment: 4, offset: 0 });
  });

  it("an object whose data ends as a commit does", async () => {
    session([put(1)]);
    writeSegment(path, next, [put(2, entryBytes(COMMIT))]);
    expect((await scan()).evidence).toEqual([{ kind: "segment-malformed", segment: 4, offset: 58 }]);
  });

  it("nothing but framing in what the server itself wrote", async () => {
    transaction([put(1)]);
    transaction([remove(1), remove(99)]);
    const trusted = { path, after: -1, through: 7, sessions: "trusted" as const, known };
    const { evidence, newIds } = await scanSegments(trusted);
    expect(evidence).toEqual([]);
    expect(newIds).toHaveLength(0);
    appendFileSync(segmentPath(path, 5), "x");
    expect((await scanSegments(trusted)).evidence).toHaveLength(1);
  });

  it("ends at once when it is cancelled", async () => {
    session(Array.from({ length: 60_000 }, (_, n) => put(n)));
    const cancelled = new AbortController();
    setTimeout(() => cancelled.abort(), 1);
    await expect(
      scanSegments({ path, after: -1, through: 3, sessions, known, signal: cancelled.signal }),
    ).rejects.toMatchObject({ code: "cancelled" });
  });
});

describe("segments on disk", () => {
  it("are listed in order, and names where borg puts none are told", async () => {
    for (const n of [1001, 3, 12]) writeSegment(path, n, [COMMIT]);
    for (const name of ["0/2000", "0/007", "7/x", "0/3.tmp", "00/4", "²/1"]) {
      mkdirSync(dirname(join(path, "data", name)), { recursive: true });
      writeFileSync(join(path, "data", name), "");
    }
    symlinkSync(folder, join(path, "data", "9"));
    const listed = await listSegments(path);
    expect([...listed.keys()]).toEqual([3, 12, 1001]);
    expect(listed.get(12)).toMatchObject({ n: 12, path: segmentPath(path, 12), size: 17 });
    expect(await findStraySegments(path)).toEqual([0, 0, 7, 9, 2000]);
    expect(await lastCommit(path)).toBe(1001);
  });

  it("may be none", async () => {
    expect(await lastCommit(path)).toBe(-1);
    expect(await listSegments(path)).toEqual(new Map());
  });
});

describe("against a model", () => {
  const change = fc.record({ isPut: fc.boolean(), object: fc.nat(6) });
  const history = fc.array(fc.array(change, { maxLength: 8 }), { minLength: 1, maxLength: 5 });

  it("tells for each session exactly the objects of before that it touched", {
    timeout: 60_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(history, fc.uniqueArray(fc.nat(6)), async (sessionsOfChanges, stored) => {
        rmSync(join(path, "data"), { recursive: true, force: true });
        rmSync(join(folder, "known"), { recursive: true, force: true });
        next = 0;
        sessions = [];
        await know(...stored);
        const living = new Set(stored);
        const seen = new Set<number>();
        const expected: unknown[] = [];
        for (const changes of sessionsOfChanges) {
          const sequence = session(
            changes.map(({ isPut, object }) => (isPut ? put(object) : remove(object))),
          );
          expected.push(...judge(changes, living, seen, sequence));
        }
        const { evidence, newIds } = await scan();
        const inParts = await scanSegments({ ...order(), through: next - 1, objectsAtOnce: 2 });
        expect([inParts.evidence, inParts.newIds]).toEqual([evidence, newIds]);
        const found = evidence.map(({ kind, ...rest }) => ({
          kind,
          ...("count" in rest ? { count: rest.count } : {}),
          ...("session" in rest ? { session: rest.session } : {}),
        }));
        expect(new Set(found.map((one) => JSON.stringify(one)))).toEqual(
          new Set(expected.map((one) => JSON.stringify(one))),
        );
        if (expected.length === 0) {
          const added = [...living].filter((n) => !stored.includes(n)).map(id);
          expect(newIds).toEqual(Buffer.concat(added.sort(Buffer.compare)));
        }
      }),
      { numRuns: 60 },
    );
  });

  /** The rule, with sets of numbers: what was there before a session and was touched in it. Brings `living` and `seen` up to date. */
  function judge(
    changes: { isPut: boolean; object: number }[],
    living: Set<number>,
    seen: Set<number>,
    sequence: number,
  ) {
    const before = new Set(living);
    const touched = new Set<number>();
    for (const { isPut, object } of changes) {
      // Deleted though we never heard of it: taken for an object that was there.
      if (!isPut && !living.has(object) && !seen.has(object)) before.add(object);
      touched.add(object);
      seen.add(object);
      if (isPut) living.add(object);
      else living.delete(object);
    }
    const hit = [...touched].filter((object) => before.has(object));
    const replaced = hit.filter((object) => living.has(object)).length;
    const tell = (kind: string, count: number) => (count === 0 ? [] : [{ kind, count, session: sequence }]);
    return [...tell("objects-deleted", hit.length - replaced), ...tell("objects-replaced", replaced)];
  }
});
