import { afterEach, expect, it } from "vitest";
import { type StorageNode, startStorageNode } from "~tests/support/storage-node";
import { until } from "~tests/support/until";

/** What is left when a layer of the vault is switched off, which only a constructor can do. */
let node: StorageNode;
afterEach(() => node.stop());

async function backedUpTwice() {
  const client = await node.addClient();
  const repository = await client.addRepository();
  const ids = { clientId: client.id, repositoryId: repository.id };
  const create = async (name: string) => {
    expect(await client.borg(repository, ["create", `::${name}`, "/usr/share/doc/adduser"])).toMatchObject({
      code: 0,
    });
    await until("the session has ended", async () =>
      (await node.keeper("list-sessions", { fromSequence: 0, limit: 100 })).sessions.every(
        (session) => session.endedAt !== null,
      ),
    );
  };
  for (const name of ["one", "two"]) await create(name);
  return { ids, named: { ...ids, passphrase: repository.passphrase } };
}

it("without seals audits go on from the first state, and nothing is ever compacted", async () => {
  node = await startStorageNode({ layers: { seal: false } });
  const { ids, named } = await backedUpTwice();
  expect(await node.keeper("audit-repository", named)).toMatchObject({ clean: true, sealed: false });
  expect(await node.keeper("vault-state", ids)).toMatchObject({
    ...{ sealKind: "none", seals: [], unaudited: 0, hold: null },
  });
  const { archives } = await node.keeper("list-ledger", { ...ids, afterRevision: 0, limit: 10 });
  expect(archives.map((archive) => archive.name)).toEqual(["one", "two"]);
  await expect(node.keeper("compact-repository", named)).rejects.toMatchObject({ code: "not-allowed" });
});

it("without audits sessions do not wait, and what was never audited is never compacted", async () => {
  node = await startStorageNode({ layers: { audit: false } });
  const { ids, named } = await backedUpTwice();
  await expect(node.keeper("audit-repository", named)).rejects.toMatchObject({ code: "not-allowed" });
  expect(await node.keeper("next-audits", { waitSeconds: 0 })).toEqual({ repositories: [] });
  expect(await node.keeper("vault-state", ids)).toMatchObject({ unaudited: 2, seals: [{ archives: 0 }] });
  await expect(node.keeper("compact-repository", named)).rejects.toMatchObject({
    code: "not-allowed",
    say: expect.stringContaining("audits off"),
  });
});
