import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { KeeperError } from "~/keeper/client";
import { sampled, sampledBorgs } from "~tests/support/sampled";
import type { TestClient } from "~tests/support/storage-client";
import { type StorageNode, startStorageNode } from "~tests/support/storage-node";
import { makeVaulted, randomFile, type VaultedRepository } from "~tests/support/vaulted-repository";

const refusal = (call: Promise<unknown>) =>
  call.then(
    () => "no refusal",
    (error) => (error instanceof KeeperError ? error.code : String(error)),
  );

describe.each(sampledBorgs("keeper-roll-back"))("a rollback with borg $version", ({ borg }) => {
  let node: StorageNode;
  let client: TestClient;
  const rollBack = (own: VaultedRepository, transaction: number | null = null) =>
    node.keeper("roll-back", { ...own.named, transaction });
  const stateOf = (own: VaultedRepository) => node.keeper("vault-state", own.ids);
  const nonceOf = (own: VaultedRepository) =>
    BigInt(`0x${readFileSync(join(own.repository.path, "nonce"), "latin1")}`);
  const backedUp = async (...names: string[]) => {
    const own = await makeVaulted(node, client);
    await own.emptyTrashAtOnce();
    for (const name of names) await own.backUp(name, randomFile(200_000));
    return own;
  };
  /** What must hold after each rollback: clean, listed as before, every byte right, and the client backs up and restores. */
  const expectWhole = async (own: VaultedRepository, archives: string[], marker: string) => {
    expect(await stateOf(own)).toMatchObject({ hold: null, unaudited: 0 });
    expect(await own.listed()).toEqual([...archives, marker]);
    expect((await own.backUp("afterwards")).clean).toBe(true);
    const living = (await own.ledger()).filter((one) => one.removedAt === null && one.trashedAt === null);
    expect(living.map((one) => one.name).sort()).toEqual([...archives, "afterwards"].sort());
    const restored = await client.borg(own.repository, ["extract", "--dry-run", `::${archives[0]}`]);
    expect(restored).toMatchObject({ code: 0 });
    expect(await own.verify()).toMatchObject({ code: 0 });
  };

  beforeAll(async () => {
    node = await startStorageNode({ borg, crashing: true });
    client = await node.addClient();
  });
  afterAll(() => node.stop());

  it("brings back what an attacker deleted with the client's own cache, without touching the client", async () => {
    const own = await backedUp("one", "two");
    const before = nonceOf(own);
    // The client's cache sees the later state: an honest client would then refuse the older one as a replay.
    const base = join(client.folder, "base");
    cpSync(base, join(tmpdir(), `attacker-${client.id}`), { recursive: true });
    expect((await own.asAccount(["delete", "::one"])).code).toBe(0);
    expect((await own.asAccount(["create", "::evil", "/etc/hostname"])).code).toBe(0);
    rmSync(base, { recursive: true });
    cpSync(join(tmpdir(), `attacker-${client.id}`), base, { recursive: true });
    const { clean } = await own.audit();
    expect(clean).toBe(false);
    expect((await stateOf(own)).hold?.lastCleanArchives).toBe(2);

    const done = await rollBack(own);
    expect(done).toMatchObject({ segmentsPutBack: 0, archives: 2 });
    expect(done.segmentsTakenAway).toBeGreaterThan(3);
    expect(done.seconds).toBeLessThan(20);
    expect(nonceOf(own)).toBeGreaterThan(before + 2n ** 40n);
    const kept = join(node.data, "vault", own.repository.id, "quarantine");
    expect(
      readdirSync(kept, { recursive: true }).filter((name) => /data\/0\/\d+$/.test(String(name))),
    ).toHaveLength(done.segmentsTakenAway);
    await expectWhole(own, ["one", "two"], done.markerArchive);
  });

  it("brings a repository back that is gone, with a poisoned nonce and links in its place", async () => {
    const own = await backedUp("one");
    const { path } = own.repository;
    for (const name of readdirSync(path)) rmSync(join(path, name), { recursive: true });
    writeFileSync(join(path, "nonce"), "ffffffffffffffff");
    expect((await own.audit()).clean).toBe(false);
    const done = await rollBack(own);
    expect(done).toMatchObject({ segmentsTakenAway: 0, archives: 1 });
    expect(done.segmentsPutBack).toBeGreaterThan(2);
    expect(nonceOf(own)).toBeLessThan(2n ** 48n);
    await expectWhole(own, ["one"], done.markerArchive);
  });

  it("refuses where nothing is held, and answers as before when it is asked again", async () => {
    const own = await backedUp("one", "two");
    expect(await refusal(rollBack(own))).toBe("not-allowed");
    await own.asAccount(["delete", "::one"]);
    await own.audit();
    expect(await refusal(rollBack(own, 987_654))).toBe("not-allowed");
    const done = await rollBack(own);
    expect(await rollBack(own)).toEqual(done);
    await expectWhole(own, ["one", "two"], done.markerArchive);
  });

  it("goes back behind a compaction to the seal of before it", async () => {
    const own = await backedUp("one", "two", "three");
    const [before] = (await stateOf(own)).seals.slice(-1);
    await node.keeper("trash-archives", { ...own.ids, borgIds: [await own.idOf("one")] });
    const compacted = await node.keeper("compact-repository", own.named);
    expect(compacted.deleted).toHaveLength(1);
    await own.backUp("four");
    await own.asAccount(["delete", "::two"]);
    await own.audit();
    const done = await rollBack(own, before?.transaction ?? -1);
    expect(done.archives).toBe(3);
    await expectWhole(own, ["one", "two", "three"], done.markerArchive);
    expect((await own.ledger()).find((one) => one.name === "four")?.removedAt).not.toBe(null);
  });

  it("accepts a state when an admin says so, and gives up what is gone", async () => {
    const own = await backedUp("one", "two");
    expect((await own.asAccount(["delete", "::one"])).code).toBe(0);
    expect((await own.audit()).clean).toBe(false);
    expect(await node.keeper("accept-state", own.named)).toMatchObject({ archivesGivenUp: 1 });
    expect((await stateOf(own)).seals).toHaveLength(2);
    expect(await own.listed()).toEqual(["two"]);
    expect((await own.ledger()).find((one) => one.name === "one")?.removedAt).not.toBe(null);
    expect((await own.backUp("three")).clean).toBe(true);
    expect((await own.verify()).code).toBe(0);
  });
});

describe("a rollback whose keeper is killed", () => {
  const steps = [
    ...["rebuild:built", "rebuild:between-renames", "rebuild:renamed", "roll-back:later-seals-forgotten"],
    ...["roll-back:listed", "roll-back:marked", "roll-back:ledgered", "seal:known", "seal:linked"],
    ...["seal:recorded", "roll-back:sealed"],
  ];
  let node: StorageNode;
  let own: VaultedRepository;
  beforeAll(async () => {
    node = await startStorageNode({ crashing: true });
    own = await makeVaulted(node, await node.addClient());
    for (const name of ["one", "two"]) await own.backUp(name, randomFile(200_000));
  });
  afterAll(() => node.stop());

  it.each(sampled(steps, 4))("at %s stays held, and ends well when it is asked again", async (step) => {
    await own.asAccount(["delete", "::one"]);
    expect((await own.audit()).clean).toBe(false);
    const crashAt = join(dirname(node.data), "crash-at");
    writeFileSync(crashAt, step);
    await node.keeper("roll-back", { ...own.named, transaction: null }).catch(() => undefined);
    expect(existsSync(crashAt), "the step was reached").toBe(false);
    await node.keeperIsGone();
    await node.startKeeper();
    expect((await node.keeper("vault-state", own.ids)).hold).not.toBe(null);
    const done = await node.keeper("roll-back", { ...own.named, transaction: null });
    expect((await node.keeper("vault-state", own.ids)).hold).toBe(null);
    const listed = await own.listed();
    expect(listed.filter((name) => !name.startsWith("bbs-rolled-back-"))).toEqual(["one", "two"]);
    expect(listed).toContain(done.markerArchive);
    expect((await own.audit()).clean).toBe(true);
  });

  it("leaves a repository that the client goes on with, and every byte of it right", async () => {
    expect((await own.backUp("three")).clean).toBe(true);
    expect(await own.verify()).toMatchObject({ code: 0 });
  });
});
