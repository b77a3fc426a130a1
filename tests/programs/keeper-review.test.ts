import { afterAll, beforeAll, expect, it } from "vitest";
import { KeeperError } from "~/keeper/client";
import { type StorageNode, startStorageNode } from "~tests/support/storage-node";
import { until } from "~tests/support/until";
import { makeVaulted } from "~tests/support/vaulted-repository";

let node: StorageNode;

beforeAll(async () => {
  // Without the gate's filter, so that a client can do what a person must review.
  node = await startStorageNode({ audits: false, layers: { gate: false } });
});
afterAll(() => node.stop());

it("tells what each transaction of a held repository did, and the archives then and now", async () => {
  const client = await node.addClient();
  const vaulted = await makeVaulted(node, client);
  const { repository, named } = vaulted;
  await vaulted.backUp("one");
  const clean = await vaulted.backUp("two");
  await expect(node.keeper("review-hold", named)).rejects.toMatchObject({ code: "not-allowed" });
  await expect(node.keeper("review-hold", named)).rejects.toBeInstanceOf(KeeperError);

  expect(await client.borg(repository, ["delete", "::one"])).toMatchObject({ code: 0 });
  const sessions = async () =>
    (await node.keeper("list-sessions", { fromSequence: 0, limit: 1000 })).sessions;
  await until("the session has ended", async () =>
    (await sessions()).every((session) => session.endedAt !== null),
  );
  expect(await vaulted.audit()).toMatchObject({ clean: false });
  const review = await node.keeper("review-hold", named);
  const session = (await sessions()).filter(({ writing }) => writing).at(-1);
  expect(review.transactions).toEqual([
    {
      transaction: session?.transactionAfter,
      session: session?.sequence,
      committedAt: expect.any(String),
      objectsAdded: 0,
      objectsRemoved: expect.any(Number),
      bytesAdded: expect.any(Number),
    },
  ]);
  const [deleting] = review.transactions;
  expect(deleting?.transaction).toBeGreaterThan(clean.transaction);
  expect(deleting?.objectsRemoved).toBeGreaterThan(0);
  expect(review.archivesThen.map(({ name }) => name).sort()).toEqual(["one", "two"]);
  expect(review.archivesNow?.map(({ name }) => name)).toEqual(["two"]);
  expect(review.truncated).toBe(false);
});

it("still tells the archives of before where the repository can no longer be read", async () => {
  const client = await node.addClient();
  const vaulted = await makeVaulted(node, client);
  await vaulted.backUp("one");
  await node.keeper("audit-repository", vaulted.named);
  await vaulted.asAccount(["debug", "delete-obj", "::", "0".repeat(64)]);
  expect((await vaulted.audit()).clean).toBe(false);
  const review = await node.keeper("review-hold", vaulted.named);
  expect(review.archivesThen.map(({ name }) => name)).toEqual(["one"]);
  expect(review.archivesNow).toBeNull();
});
