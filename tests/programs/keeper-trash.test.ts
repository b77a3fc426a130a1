import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { KeeperError } from "~/keeper/client";
import type { TestClient } from "~tests/support/storage-client";
import { type StorageNode, startStorageNode } from "~tests/support/storage-node";
import { makeVaulted, type VaultedRepository } from "~tests/support/vaulted-repository";

const refusal = (call: Promise<unknown>) =>
  call.then(
    () => "no refusal",
    (error) => (error instanceof KeeperError ? error.code : String(error)),
  );

let node: StorageNode;
let client: TestClient;
let vaulted: VaultedRepository;

beforeAll(async () => {
  node = await startStorageNode();
  client = await node.addClient();
  vaulted = await makeVaulted(node, client);
  for (const name of ["a", "b", "c", "d"]) await vaulted.backUp(name);
});
afterAll(() => node.stop());

const stateOf = () => node.keeper("vault-state", vaulted.ids);

it("keeps what the floor keeps, whoever asks", async () => {
  const { ids, idOf } = vaulted;
  const all = await Promise.all(["a", "b", "c", "d"].map(idOf));
  const { trashed, kept } = await node.keeper("trash-archives", {
    ...ids,
    borgIds: [...all, "0".repeat(64)],
  });
  expect(trashed).toEqual([]);
  expect(kept.map((one) => one.why)).toEqual([
    "It is the first of its week; one a week is kept for 90 days.",
    ...Array.from({ length: 3 }, () => "It is one of the 3 newest, which are always kept."),
    "The ledger does not know it.",
  ]);
});

it("puts an archive into the trash without writing to the repository, and brings it back", async () => {
  const own = await makeVaulted(node, client);
  await own.emptyTrashAtOnce();
  for (const name of ["a", "b", "c"]) await own.backUp(name);
  const before = await own.ledger();
  const [a, b] = [await own.idOf("a"), await own.idOf("b")];
  const state = await node.keeper("vault-state", own.ids);
  expect(state).toMatchObject({
    trashed: 0,
    compactionBlockedBy: ["Nothing has been in the trash long enough."],
  });

  await expect(node.keeper("trash-archives", { ...own.ids, borgIds: [a, b] })).resolves.toEqual({
    trashed: [a, b],
    kept: [],
  });
  expect(await own.listed()).toEqual(["a", "b", "c"]);
  expect(await node.keeper("vault-state", own.ids)).toMatchObject({ trashed: 2, compactionBlockedBy: [] });
  const trashedAt = (await own.ledger()).find((one) => one.borgId === a)?.trashedAt;
  await node.keeper("trash-archives", { ...own.ids, borgIds: [a] });
  expect((await own.ledger()).find((one) => one.borgId === a)?.trashedAt).toBe(trashedAt);

  await expect(
    node.keeper("bring-back-archives", { ...own.ids, borgIds: [a, "f".repeat(64)] }),
  ).resolves.toEqual({ broughtBack: [a], gone: ["f".repeat(64)] });
  const after = await own.ledger();
  expect(after.filter((one) => one.trashedAt !== null).map((one) => one.name)).toEqual(["b"]);
  // Copies of the ledger follow by revision: the two that changed come after everything that was there.
  const last = Math.max(...before.map((one) => one.revision));
  const news = await node.keeper("list-ledger", { ...own.ids, afterRevision: last, limit: 10 });
  expect(news.archives.map((one) => one.name).sort()).toEqual(["a", "b"]);
  expect((await own.audit()).clean).toBe(true);
});

it("takes protected archives out of the trash and lets nobody put them in", async () => {
  const own = await makeVaulted(node, client);
  await own.emptyTrashAtOnce();
  for (const name of ["a", "b"]) await own.backUp(name);
  const a = await own.idOf("a");
  await node.keeper("trash-archives", { ...own.ids, borgIds: [a] });
  await expect(
    node.keeper("protect-archives", { ...own.ids, borgIds: [a], protected: true }),
  ).resolves.toEqual({ changed: [a] });
  expect((await own.ledger()).find((one) => one.borgId === a)).toMatchObject({
    ...{ protected: true, trashedAt: null },
  });
  const { kept } = await node.keeper("trash-archives", { ...own.ids, borgIds: [a] });
  expect(kept).toEqual([{ borgId: a, why: "It is protected. Take the protection away first." }]);
});

it("puts stricter rules in force at once and looser ones after the window that held before", async () => {
  const { ids } = vaulted;
  const rules = { trashDays: 7, keepOldSealDays: 7, floorNewest: 3, floorWeeklyDays: 90 };
  expect((await stateOf()).rules).toEqual(rules);
  const stricter = await node.keeper("set-vault-rules", { ...ids, ...rules, floorNewest: 4 });
  expect(Date.parse(stricter.inForceFrom)).toBeLessThanOrEqual(Date.now());
  expect((await stateOf()).rules.floorNewest).toBe(4);

  const looser = await node.keeper("set-vault-rules", { ...ids, ...rules, trashDays: 0, floorNewest: 1 });
  const days = (Date.parse(looser.inForceFrom) - Date.now()) / 86_400_000;
  expect(days).toBeGreaterThan(6.99);
  expect(days).toBeLessThan(7.01);
  expect(await stateOf()).toMatchObject({
    rules: { ...rules, floorNewest: 4 },
    rulesPending: { from: looser.inForceFrom },
  });

  // The record says the day has come, as after a clock that was set forwards; the machine has not run for so long.
  const path = join(node.data, "vault", ids.repositoryId, "vault.json");
  const record = JSON.parse(readFileSync(path, "utf8"));
  record.rulesPending.from = new Date(Date.now() - 1000).toISOString();
  writeFileSync(path, JSON.stringify(record));
  expect((await stateOf()).rules.trashDays).toBe(7);
});

it("refuses to trash in a held repository and in another client's", async () => {
  const own = await makeVaulted(node, client);
  await own.emptyTrashAtOnce();
  for (const name of ["a", "b"]) await own.backUp(name);
  const a = await own.idOf("a");
  const stranger = await node.addClient();
  for (const verb of ["trash-archives", "bring-back-archives"] as const)
    expect(await refusal(node.keeper(verb, { ...own.ids, clientId: stranger.id, borgIds: [a] }))).toBe(
      "repository-missing",
    );
  expect((await own.asAccount(["delete", "::b"])).code).toBe(0);
  expect((await own.audit()).clean).toBe(false);
  expect(await refusal(node.keeper("trash-archives", { ...own.ids, borgIds: [a] }))).toBe("repository-held");
});

it("stays quick with 10,000 archives in the ledger", async () => {
  const own = await makeVaulted(node, client);
  const archives = Array.from({ length: 10_000 }, (_, i) => ({
    ...{ borgId: i.toString(16).padStart(64, "0"), name: `archive-${i}`, session: null, protected: false },
    observedAt: new Date(Date.now() - (20_000 - i) * 3_600_000).toISOString(),
    claimedStartAt: "2020-01-01T00:00:00.000Z",
    ...{ trashedAt: null, removedAt: null, revision: i + 1 },
  }));
  const path = join(node.data, "vault", own.ids.repositoryId, "archives.json");
  writeFileSync(path, JSON.stringify({ revision: archives.length, archives }));
  const borgIds = archives.slice(0, 1000).map((archive) => archive.borgId);
  const from = performance.now();
  const { trashed } = await node.keeper("trash-archives", { ...own.ids, borgIds });
  const back = await node.keeper("bring-back-archives", { ...own.ids, borgIds });
  await node.keeper("vault-state", own.ids);
  expect(performance.now() - from).toBeLessThan(3_000);
  expect(trashed.length).toBe(1000);
  expect(back.broughtBack.length).toBe(1000);
});
