import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { KeeperError } from "~/keeper/client";
import { sampled, sampledBorgs } from "~tests/support/sampled";
import { type StorageNode, startStorageNode } from "~tests/support/storage-node";
import { makeVaulted, randomFile, type VaultedRepository } from "~tests/support/vaulted-repository";

const DAY_MS = 86_400_000;
const refused = (call: Promise<unknown>) =>
  call.then(
    () => "no refusal",
    (error) => (error instanceof KeeperError ? `${error.code}: ${error.message}` : String(error)),
  );

describe.each(sampledBorgs("keeper-delete"))("deleting a repository with borg $version", ({ borg }) => {
  let node: StorageNode;
  const vaultFile = (own: VaultedRepository, name: string) =>
    join(node.data, "vault", own.repository.id, name);
  const edit = (path: string, change: (value: Record<string, unknown>) => object) =>
    writeFileSync(path, JSON.stringify(change(JSON.parse(readFileSync(path, "utf8")))));
  const wallClockSays = (own: VaultedRepository, daysAgo: number) =>
    edit(vaultFile(own, "deletion.json"), (mark) => ({
      ...mark,
      markedAt: new Date(Date.now() - daysAgo * DAY_MS).toISOString(),
    }));
  const machineRan = (own: VaultedRepository, days: number) =>
    edit(vaultFile(own, "windows.json"), (windows) => ({
      ...windows,
      delete: Number(windows.delete) - days * 86_400,
    }));
  const mark = (own: VaultedRepository, graceDays: number) =>
    node.keeper("mark-for-deletion", { ...own.ids, graceDays });
  const remove = (own: VaultedRepository) => node.keeper("delete-repository", own.ids);
  const backedUp = async () => {
    const own = await makeVaulted(node, await node.addClient());
    await own.backUp("one", randomFile(100_000));
    return own;
  };

  beforeAll(async () => {
    node = await startStorageNode({ borg, crashing: true });
  });
  afterAll(() => node.stop());

  it("refuses a compromised worker that asks for it at once, shortens the time or sets the clock", async () => {
    const own = await backedUp();
    expect(await refused(remove(own))).toContain("not-allowed: This repository was not marked");
    for (const days of [0, 6]) expect(await refused(mark(own, days))).toContain("not-allowed");
    const { deleteAfter } = await mark(own, 14);
    expect(Date.parse(deleteAfter) - Date.now()).toBeGreaterThan(13.9 * DAY_MS);
    expect((await mark(own, 7)).deleteAfter).toBe(deleteAfter);
    expect(await refused(remove(own))).toContain("not-allowed");
    // The storage server's clock is set forwards: the time that the machine ran says otherwise.
    wallClockSays(own, 400);
    expect(await refused(remove(own))).toContain("not-allowed");
    // The other way round as well.
    wallClockSays(own, 0);
    machineRan(own, 400);
    expect(await refused(remove(own))).toContain("not-allowed");
    // Rules of the trash and a keeper that starts again shorten nothing.
    await node.keeper("set-vault-rules", {
      ...{ ...own.ids, trashDays: 0, keepOldSealDays: 0, floorNewest: 1, floorWeeklyDays: 0 },
    });
    await node.endKeeper("SIGKILL");
    await node.startKeeper();
    expect(await refused(remove(own))).toContain("not-allowed");
    expect(await own.listed()).toEqual(["one"]);
    expect(await own.verify()).toMatchObject({ code: 0 });
  });

  it("takes no backups while it is marked, lets files be read, and is as before once that is undone", async () => {
    const own = await backedUp();
    await mark(own, 7);
    await expect(own.backUp("two")).rejects.toThrow(/this repository is deleted on 20\d\d-\d\d-\d\d/);
    expect(await own.listed()).toEqual(["one"]);
    await node.keeper("undo-deletion", own.ids);
    expect((await own.backUp("two")).clean).toBe(true);
    wallClockSaysNothing(own);
    expect(await refused(remove(own))).toContain("not-allowed: This repository was not marked");
  });
  const wallClockSaysNothing = (own: VaultedRepository) =>
    expect(existsSync(vaultFile(own, "deletion.json"))).toBe(false);

  it.each(sampled(["delete:begun", "delete:repository-gone", "delete:vault-gone"], 1))(
    "goes on after a crash at %s, removes everything of it and nothing of another",
    async (step) => {
      const own = await backedUp();
      const other = await makeVaulted(node, own.client);
      await other.backUp("kept", randomFile(100_000));
      await mark(own, 7);
      wallClockSays(own, 8);
      machineRan(own, 8);
      const crashAt = join(dirname(node.data), "crash-at");
      writeFileSync(crashAt, step);
      await remove(own).catch(() => undefined);
      expect(existsSync(crashAt), "the step was reached").toBe(false);
      await node.keeperIsGone();
      await node.startKeeper();
      expect(await refused(node.keeper("undo-deletion", own.ids))).toContain("being deleted already");
      await remove(own);
      expect(await refused(remove(own))).toContain("repository-missing");
      expect(existsSync(join(node.data, "vault", own.repository.id))).toBe(false);
      expect(existsSync(join(node.data, "keeper", "borg", own.repository.id))).toBe(false);
      const home = join(node.data, "home", own.client.id);
      expect(readdirSync(join(home, "repos"))).toEqual([other.repository.id]);
      expect(readdirSync(join(home, "known")).filter((name) => name.startsWith(own.repository.id))).toEqual(
        [],
      );
      expect((await other.backUp("more", randomFile(1000))).clean).toBe(true);
    },
  );

  it("keeps a held repository, and deletes one that never held anything at once", async () => {
    const own = await backedUp();
    await mark(own, 7);
    wallClockSays(own, 8);
    machineRan(own, 8);
    await own.asAccount(["delete", "::one"]);
    await own.audit();
    expect(await refused(remove(own))).toContain("repository-held");
    const unused = await makeVaulted(node, await node.addClient());
    await mark(unused, 0);
    await remove(unused);
    expect(await refused(node.keeper("vault-state", unused.ids))).toContain("repository-missing");
  });

  it("is another client's business only", async () => {
    const [own, other] = [await backedUp(), await backedUp()];
    const forged = { clientId: other.ids.clientId, repositoryId: own.ids.repositoryId };
    const answers = await Promise.all([
      refused(node.keeper("mark-for-deletion", { ...forged, graceDays: 7 })),
      refused(node.keeper("undo-deletion", forged)),
      refused(node.keeper("delete-repository", forged)),
    ]);
    for (const answer of answers) expect(answer).toContain("repository-missing");
  });
});
