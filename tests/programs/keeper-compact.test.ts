import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { KeeperError } from "~/keeper/client";
import { sampled, sampledBorgs } from "~tests/support/sampled";
import { type StorageNode, startStorageNode } from "~tests/support/storage-node";
import { until } from "~tests/support/until";
import { makeVaulted, randomFile, type VaultedRepository } from "~tests/support/vaulted-repository";

const refused = (call: Promise<unknown>) =>
  call.then(
    () => "no refusal",
    (error) => (error instanceof KeeperError ? `${error.code}: ${error.message}` : String(error)),
  );
const MB = 1024 * 1024;

describe.each(sampledBorgs("keeper-compact"))("a compaction with borg $version", ({ borg }) => {
  let node: StorageNode;
  const stateOf = (own: VaultedRepository) => node.keeper("vault-state", own.ids);
  const compact = (own: VaultedRepository) => node.keeper("compact-repository", own.named);
  const trash = async (own: VaultedRepository, ...names: string[]) =>
    node.keeper("trash-archives", { ...own.ids, borgIds: await Promise.all(names.map(own.idOf)) });
  const backedUp = async (bytes: number, ...names: string[]) => {
    // A client of its own: while one repository is held, all of its client are closed.
    const own = await makeVaulted(node, await node.addClient());
    await own.emptyTrashAtOnce();
    for (const name of names) await own.backUp(name, randomFile(bytes));
    return own;
  };

  beforeAll(async () => {
    node = await startStorageNode({ borg });
  });
  afterAll(() => node.stop());

  it("deletes what is due and nothing else, keeps the seal of before, and frees it when asked", async () => {
    const own = await backedUp(3 * MB, "one", "two", "three");
    const one = await own.idOf("one");
    expect(await refused(compact(own))).toContain("not-allowed: Nothing has been in the trash long enough.");
    await trash(own, "one", "two");
    await node.keeper("bring-back-archives", { ...own.ids, borgIds: [await own.idOf("two")] });

    const done = await compact(own);
    expect(done).toMatchObject({ deleted: [one], checkpoints: 0 });
    expect(done.freedBytes).toBeGreaterThan(1.4 * MB);
    expect(await own.listed()).toEqual(["two", "three"]);
    expect((await own.ledger()).find((entry) => entry.borgId === one)?.removedAt).not.toBe(null);
    const { seals } = await stateOf(own);
    expect(seals.map((seal) => [seal.archives, seal.releasedAfter === null])).toEqual([
      [3, false],
      [2, true],
    ]);
    expect(seals[0]?.extraBytes).toBeGreaterThan(done.freedBytes);
    expect((await own.backUp("four")).clean).toBe(true);

    const { freedBytes } = await node.keeper("release-old-seals", own.ids);
    expect(freedBytes).toBe(seals[0]?.extraBytes);
    expect((await stateOf(own)).seals).toHaveLength(1);
    const vault = join(node.data, "vault", own.repository.id);
    expect(readdirSync(join(vault, "seals"))).toHaveLength(1);
    expect(readdirSync(join(vault, "segments")).length).toBe((await stateOf(own)).seals[0]?.segments);
    expect((await own.audit()).clean).toBe(true);
    expect(await own.verify()).toMatchObject({ code: 0 });
  });

  it("releases the seal of before by itself where it is not to be kept", async () => {
    const own = await makeVaulted(node, await node.addClient());
    await own.emptyTrashAtOnce({ keepOldSealDays: 0 });
    for (const name of ["one", "two"]) await own.backUp(name, randomFile(MB));
    await trash(own, "one");
    await compact(own);
    expect((await stateOf(own)).seals).toHaveLength(1);
  });

  it("counts the seal of before in the quota, until it is released", async () => {
    const own = await makeVaulted(node, await node.addClient(), 12 * MB);
    await own.emptyTrashAtOnce();
    for (const name of ["one", "two"]) await own.backUp(name, randomFile(4 * MB));
    await trash(own, "one");
    await compact(own);
    await expect(own.backUp("three", randomFile(6 * MB))).rejects.toThrow(/quota/);
    await own.audit();
    await node.keeper("release-old-seals", own.ids);
    expect((await own.backUp("three", randomFile(6 * MB))).clean).toBe(true);
  });

  it("drops checkpoints of interrupted backups that a finished one followed", async () => {
    const own = await backedUp(1000, "one");
    const { client } = own;
    const big = join(client.folder, "big");
    writeFileSync(big, randomFile(24 * MB));
    const cut = client.startBorg(own.repository, [
      ...["create", "--checkpoint-interval", "1", "--remote-ratelimit", "3000", "--compression", "none"],
      ...["::cut", big],
    ]);
    const checkpoints = (bypass: string[]) =>
      own
        .asAccount(["list", "--short", "--consider-checkpoints", ...bypass])
        .then(({ out }) => out.split("\n").filter((name) => name.includes(".checkpoint")));
    await until("a checkpoint is there", async () => (await checkpoints(["--bypass-lock"])).length > 0);
    cut.kill("SIGKILL");
    await until("the session is over", async () => (await own.audit().catch(() => null)) !== null);
    expect((await checkpoints([])).length).toBeGreaterThan(0);
    await own.backUp("two");
    await trash(own, "one");
    const done = await compact(own);
    expect(done.checkpoints).toBeGreaterThan(0);
    expect(await checkpoints([])).toEqual([]);
    expect(await own.listed()).toEqual(["two"]);
    expect(await own.verify()).toMatchObject({ code: 0 });
  });

  it("refuses a held repository, and holds one whose list hides an archive", async () => {
    const own = await backedUp(1000, "one", "two");
    await trash(own, "one");
    await own.asAccount(["delete", "::two"]);
    expect(await refused(compact(own))).toContain("repository-held");
    expect((await stateOf(own)).hold?.evidence.map((one) => one.kind)).toContain("objects-deleted");
    expect(await refused(compact(own))).toContain("repository-held");
  });

  it("does not believe an index that the client's account has put there", async () => {
    const own = await backedUp(MB, "one");
    const { path } = own.repository;
    const index = () => readdirSync(path).find((name) => name.startsWith("index.")) ?? "";
    const early = join(own.client.folder, "early-index");
    copyFileSync(join(path, index()), early);
    for (const name of ["two", "three"]) await own.backUp(name, randomFile(MB));
    await trash(own, "one");
    // The index of an earlier time, but for its way to the archive list: objects stored since look like garbage.
    const present = index();
    const poisoned = readFileSync(early);
    const list = readFileSync(join(path, present));
    list.copy(poisoned, placeOfList(poisoned) + 32, placeOfList(list) + 32, placeOfList(list) + 40);
    writeFileSync(join(path, present), poisoned);
    for (const kind of ["hints", "integrity"]) rmSync(join(path, present.replace("index", kind)));
    await compact(own);
    expect(await own.listed()).toEqual(["two", "three"]);
    expect(await own.verify()).toMatchObject({ code: 0 });
  });

  it("leaves everything as it was when its borg is killed", async () => {
    const own = await backedUp(MB, "one", "two");
    await trash(own, "one");
    for (const verb of ["delete", "compact"]) {
      const ended = refused(compact(own));
      await until(`borg ${verb} runs`, () => killBorg(verb, own.repository.path), { everyMs: 10 });
      expect(await ended).toMatch(/^(fault|cancelled)/);
      expect(await own.listed()).toEqual(["one", "two"]);
      expect((await own.audit()).clean).toBe(true);
    }
    expect((await compact(own)).deleted).toHaveLength(1);
    expect(await own.verify()).toMatchObject({ code: 0 });
  });
});

describe("a cancelled compaction", () => {
  it("ends its borg, changes nothing, and the client goes on at once", async () => {
    const node = await startStorageNode();
    try {
      const own = await makeVaulted(node, await node.addClient());
      await own.emptyTrashAtOnce();
      for (const name of ["one", "two"]) await own.backUp(name, randomFile(MB));
      await node.keeper("trash-archives", { ...own.ids, borgIds: [await own.idOf("one")] });
      const leave = new AbortController();
      const asked = refused(node.keeper("compact-repository", own.named, { signal: leave.signal }));
      const borgs = () => pidsOfBorg("compact", own.repository.path);
      await until("borg compact runs", () => borgs().length > 0, { everyMs: 5 });
      leave.abort();
      expect(await asked).toMatch(/^cancelled/);
      await until("borg has ended", () => borgs().length === 0);
      expect((await own.backUp("three")).clean).toBe(true);
      expect(await own.listed()).toEqual(["one", "two", "three"]);
      expect((await node.keeper("compact-repository", own.named)).deleted).toHaveLength(1);
    } finally {
      await node.stop();
    }
  });
});

describe("a compaction whose keeper is killed", () => {
  const undone = [
    ...[
      "compact:intended",
      "compact:deleted-one",
      "compact:deleted",
      "compact:compacted",
      "compact:ledgered",
    ],
    ...["seal:known", "seal:linked", "seal:copied", "seal:written"],
  ];
  const finished = ["seal:recorded", "compact:sealed"];
  let node: StorageNode;
  let own: VaultedRepository;
  let last = "archive-0";
  beforeAll(async () => {
    node = await startStorageNode({ crashing: true });
    own = await makeVaulted(node, await node.addClient());
    await own.emptyTrashAtOnce();
    await own.backUp(last, randomFile(300_000));
  });
  afterAll(() => node.stop());

  const steps = [
    ...undone.map((step) => ({ step, isDone: false })),
    ...finished.map((step) => ({ step, isDone: true })),
  ];
  it.each(sampled(steps, 4))(
    "at $step leaves the old or the new state (new: $isDone)",
    async ({ step, isDone }) => {
      const old = last;
      if ((await own.listed()).length === 1) {
        last = `archive-${step}`;
        await own.backUp(last, randomFile(300_000));
      }
      const [first = ""] = (await own.listed()).filter((name) => name !== last);
      await node.keeper("trash-archives", { ...own.ids, borgIds: [await own.idOf(first)] });
      const crashAt = join(dirname(node.data), "crash-at");
      writeFileSync(crashAt, step);
      await node.keeper("compact-repository", own.named).catch(() => undefined);
      expect(existsSync(crashAt), `the step was reached (${old})`).toBe(false);
      await node.keeperIsGone();
      await node.startKeeper();
      expect(existsSync(join(node.data, "vault", own.repository.id, "maintenance.json"))).toBe(false);
      expect(await own.listed()).toEqual(isDone ? [last] : [first, last]);
      const entry = (await own.ledger()).find((one) => one.name === first);
      expect(entry?.removedAt === null).toBe(!isDone);
      expect((await own.audit()).clean).toBe(true);
      expect(await node.keeper("vault-state", own.ids)).toMatchObject({ hold: null });
    },
  );

  it("leaves a repository that the client goes on with, and every byte of it right", async () => {
    expect((await own.backUp("afterwards")).clean).toBe(true);
    expect(await own.verify()).toMatchObject({ code: 0 });
  });
});

/** Where borg's index (18 bytes of header, then 32 bytes of id and 8 of place each) holds the archive list, whose id is all zero. */
function placeOfList(index: Buffer): number {
  for (let at = 18; at + 40 <= index.length; at += 40) {
    const isUsed = index.readUInt32LE(at + 32) < 0xfffffffe;
    if (isUsed && index.subarray(at, at + 32).every((byte) => byte === 0)) return at;
  }
  throw new Error("the index holds no archive list");
}

/** Kills a borg of the server that runs this command on this repository. False: there is none. */
function killBorg(verb: string, path: string): boolean {
  const [pid] = pidsOfBorg(verb, path);
  if (pid === undefined) return false;
  try {
    process.kill(pid, "SIGKILL");
    return true;
  } catch {
    // Gone meanwhile.
    return false;
  }
}

/** Processes of borg that do `verb` in the repository at `path`. */
function pidsOfBorg(verb: string, path: string): number[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const words = readFileSync(`/proc/${name}/cmdline`, "utf8").split("\0");
      return words.includes(verb) && words.some((word) => word.startsWith(path)) ? [Number(name)] : [];
    } catch {
      // Gone meanwhile.
      return [];
    }
  });
}
