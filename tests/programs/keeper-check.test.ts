import {
  closeSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  statSync,
  utimesSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { crc32 } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { segmentPath } from "~/borg/segment";
import { type KeeperCall, KeeperError } from "~/keeper/client";
import { sampledBorgs } from "~tests/support/sampled";
import { type StorageNode, startStorageNode } from "~tests/support/storage-node";
import { until } from "~tests/support/until";
import { makeVaulted, randomFile, type VaultedRepository } from "~tests/support/vaulted-repository";

const MB = 1024 * 1024;
const refused = (call: Promise<unknown>) =>
  call.then(
    () => "no refusal",
    (error) => (error instanceof KeeperError ? `${error.code}: ${error.message}` : String(error)),
  );

describe.each(sampledBorgs("keeper-check"))("a check with borg $version", ({ borg }) => {
  let node: StorageNode;
  let own: VaultedRepository;
  const check = (kind: "quick" | "full" | "rolling", everyDays = 30, call: KeeperCall = {}) =>
    node.keeper("check-repository", { ...own.named, kind, budgetSeconds: 60, everyDays }, call);
  const segments = () => readdirSync(join(own.repository.path, "data", "0")).map(Number);
  /** The largest one holds a file's data. */
  const dataSegment = () => {
    const size = (n: number) => statSync(segmentPath(own.repository.path, n)).size;
    return segments().reduce((best, n) => (size(n) > size(best) ? n : best));
  };
  /** As a disk would: its size and time stay. */
  const damage = (n: number, how: (path: string) => void) => {
    const path = segmentPath(own.repository.path, n);
    const { atime, mtime } = statSync(path);
    how(path);
    utimesSync(path, atime, mtime);
  };

  beforeAll(async () => {
    node = await startStorageNode({ borg });
    own = await makeVaulted(node, await node.addClient());
    await own.backUp("one", randomFile(MB));
  });
  afterAll(() => node.stop());

  it("reads every sealed byte once, then what is new, then a share a day, and says what is covered", async () => {
    const first = await check("rolling");
    expect(first).toMatchObject({ ok: true, complete: true, findings: [] });
    expect(first.bytesRead).toBe(first.totalBytes);
    expect(first.coveredBytes).toBe(first.totalBytes);
    expect(first.oldestReadAt).not.toBe(null);
    expect(await check("quick")).toMatchObject({ ok: true, segmentsRead: 0, bytesRead: 0 });
    await own.backUp("two", randomFile(MB));
    const news = await check("quick");
    expect(news.bytesRead).toBeGreaterThan(0.4 * MB);
    expect(news.bytesRead).toBeLessThan(news.totalBytes);
    expect(news.coveredBytes).toBe(news.totalBytes);
    // Nothing waits too long.
    expect((await check("rolling")).segmentsRead).toBeLessThan(segments().length);
    expect((await check("rolling", 1)).segmentsRead).toBe(segments().length);
  });

  it("finds a flipped bit, says so until the segment is whole again, and holds nobody for it", async () => {
    const n = dataSegment();
    damage(n, (path) => flipBit(path, 5000));
    const found = await check("rolling", 1);
    expect(found).toMatchObject({ ok: false, findingCount: 1, findings: [{ segment: n }] });
    expect(found.findings[0]?.say).toMatch(/damaged at byte \d+: an entry differs from its checksum/);
    expect(found.coveredBytes).toBeLessThan(found.totalBytes);
    expect((await check("quick")).ok).toBe(false);
    expect((await node.keeper("vault-state", own.ids)).hold).toBe(null);
    expect((await check("full")).findings.some(({ segment }) => segment === null)).toBe(true);

    damage(n, (path) => flipBit(path, 5000));
    // What borg's check found stands until borg's check finds nothing.
    const half = await check("quick");
    expect(half.findings.map(({ segment }) => segment)).not.toContain(n);
    expect(half.ok).toBe(false);
    expect((await check("full")).ok).toBe(true);
    expect((await check("quick")).ok).toBe(true);
  });

  it("finds content that was changed together with its checksum, which no checksum shows", async () => {
    const n = dataSegment();
    damage(n, forgeFirstEntry);
    const found = await check("rolling", 1);
    expect(found.findings).toHaveLength(1);
    expect(found.findings[0]).toMatchObject({ segment: n });
    expect(found.findings[0]?.say).toContain("its digest is another one");
    expect((await check("rolling", 1)).ok).toBe(false);
    damage(n, forgeFirstEntry);
    expect((await check("quick")).ok).toBe(true);
  });

  it("finds a segment that is gone", async () => {
    const n = dataSegment();
    const path = segmentPath(own.repository.path, n);
    renameSync(path, `${path}.away`);
    expect((await check("quick")).findings).toEqual([{ segment: n, say: `Segment ${n} is missing.` }]);
    expect((await check("full")).findings.some(({ segment }) => segment === n)).toBe(true);
    renameSync(`${path}.away`, path);
    expect((await check("full")).ok).toBe(true);
  });

  it("lets a backup go on beside it, refuses a second check, and cut off leaves nothing behind", async () => {
    const writing = own.client.startBorg(own.repository, [
      ...["create", "--remote-ratelimit", "200", "--compression", "none", "::three"],
      join(node.data, "..", "programs"),
    ]);
    await until("the session writes", async () => {
      const { sessions } = await node.keeper("list-sessions", { fromSequence: 0, limit: 1000 });
      return sessions.some((one) => one.writing && one.endedAt === null);
    });
    const stopped = new AbortController();
    const cut = refused(check("full", 30, { signal: stopped.signal }));
    const home = dirname(own.repository.path);
    await until("borg checks", async () => readdirSync(home).some((name) => name.endsWith(".checking")), {
      everyMs: 20,
    });
    expect(await refused(check("quick"))).toContain("repository-locked");
    stopped.abort();
    expect(await cut).toContain("cancelled");
    await until("it is over", async () => (await check("quick").catch(() => null)) !== null);
    expect((await check("full")).ok).toBe(true);
    expect(writing.exitCode).toBe(null);
    writing.kill("SIGKILL");
    expect(readdirSync(home)).toEqual([own.repository.id]);
  });

  it("refuses a held repository", async () => {
    await node.keeper("end-sessions", { clientId: own.client.id });
    await own.asAccount(["delete", "::one"]);
    expect((await own.audit()).clean).toBe(false);
    expect(await refused(check("rolling"))).toContain("repository-held");
  });
});

function flipBit(path: string, at: number) {
  const fd = openSync(path, "r+");
  const byte = Buffer.alloc(1);
  readSync(fd, byte, 0, 1, at);
  byte.writeUInt8(byte.readUInt8(0) ^ 1);
  writeSync(fd, byte, 0, 1, at);
  closeSync(fd);
}

/** Changes the last byte of the first entry and makes its checksum fit. */
function forgeFirstEntry(path: string) {
  const fd = openSync(path, "r+");
  const head = Buffer.alloc(9);
  readSync(fd, head, 0, 9, 8);
  const entry = Buffer.alloc(head.readUInt32LE(4));
  readSync(fd, entry, 0, entry.length, 8);
  entry.writeUInt8(entry.readUInt8(entry.length - 1) ^ 1, entry.length - 1);
  entry.writeUInt32LE(crc32(entry.subarray(4)), 0);
  writeSync(fd, entry, 0, entry.length, 8);
  closeSync(fd);
}
