import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { KeeperError } from "~/keeper/client";
import { sampledBorgs } from "~tests/support/sampled";
import { newTestId, type TestClient } from "~tests/support/storage-client";
import { type StorageNode, startStorageNode } from "~tests/support/storage-node";
import { makeVaulted, randomFile } from "~tests/support/vaulted-repository";

const MB = 1024 * 1024;

describe.each(sampledBorgs("keeper-client-quota"))("the quota of a client with borg $version", ({ borg }) => {
  let node: StorageNode;
  let client: TestClient;
  const limit = (quotaBytes: number | null, clientId = client.id) =>
    node.keeper("set-client-quota", { clientId, quotaBytes });

  beforeAll(async () => {
    node = await startStorageNode({ borg });
  });
  afterAll(() => node.stop());

  it("counts all repositories of the client, lets no more in than is left, and says why", async () => {
    client = await node.addClient();
    const one = await makeVaulted(node, client);
    const two = await makeVaulted(node, client);
    await limit(25 * MB);
    await one.backUp("one", randomFile(12 * MB));
    // The other repository is nearly empty, and would take it.
    await expect(two.backUp("two", randomFile(16 * MB))).rejects.toThrow(/quota/i);
    await two.audit();
    await two.backUp("two", randomFile(8 * MB));
    const { usedBytes } = await limit(15 * MB);
    expect(usedBytes).toBeGreaterThan(20 * MB);
    // Above it no writing session is let in at all, and reading goes on.
    await expect(one.backUp("more", "a few bytes")).rejects.toThrow(
      /the repositories of this client hold \d+ MB together, and its quota is 16 MB/,
    );
    expect(await one.listed()).toEqual(["one"]);
    // It is the keeper's own, and outlives it.
    await node.endKeeper("SIGKILL");
    await node.startKeeper();
    await expect(two.backUp("more", "a few bytes")).rejects.toThrow(/its quota is 16 MB/);
    // A new key of the machine changes nothing of it.
    await node.keeper("provision-client", { clientId: client.id, sshPublicKey: client.sshPublicKey });
    await expect(two.backUp("more", "a few bytes")).rejects.toThrow(/its quota is 16 MB/);
    await limit(null);
    expect((await two.backUp("more", randomFile(8 * MB))).clean).toBe(true);
  });

  it("takes the smaller of what the repository and the client have left", async () => {
    client = await node.addClient();
    const own = await makeVaulted(node, client, 12 * MB);
    await limit(400 * MB);
    await expect(own.backUp("one", randomFile(16 * MB))).rejects.toThrow(/quota/i);
    await own.audit();
    await node.keeper("set-quota", { ...own.ids, quotaBytes: 400 * MB });
    await limit(12 * MB);
    await expect(own.backUp("one", randomFile(16 * MB))).rejects.toThrow(/quota/i);
    await own.audit();
    await limit(40 * MB);
    expect((await own.backUp("one", randomFile(16 * MB))).clean).toBe(true);
  });

  it("lets the sessions of a limited client write one after the other, whatever the repository", async () => {
    client = await node.addClient();
    const one = await makeVaulted(node, client);
    const two = await makeVaulted(node, client);
    await limit(400 * MB);
    const writing = client.startBorg(one.repository, ["with-lock", "::", "sleep", "60"]);
    try {
      await isWriting(node, one.repository.id);
      const busy = await client.borg(two.repository, ["create", "--lock-wait=1", "::two", "/etc/hostname"]);
      expect(busy.err).toMatch(/lock/i);
      const waits = client.borg(two.repository, ["create", "--lock-wait=60", "::two", "/etc/hostname"]);
      writing.kill("SIGTERM");
      const waited = await waits;
      expect(waited, waited.err).toMatchObject({ code: 0 });
    } finally {
      writing.kill("SIGKILL");
      await node.keeper("end-sessions", { clientId: client.id });
    }
  });

  it("refuses a client it does not know, and a quota that borg could not begin with", async () => {
    const refused = (call: Promise<unknown>) =>
      call.then(
        () => "no refusal",
        (error) => (error instanceof KeeperError ? error.code : String(error)),
      );
    expect(await refused(limit(20 * MB, newTestId()))).toBe("client-missing");
    expect(await refused(limit(1000))).toBe("bad-request");
  });
});

async function isWriting(node: StorageNode, repositoryId: string): Promise<void> {
  for (const endsAt = Date.now() + 20_000; Date.now() < endsAt; ) {
    const { sessions } = await node.keeper("list-sessions", { fromSequence: 0, limit: 1000 });
    if (sessions.some((one) => one.repositoryId === repositoryId && one.writing && one.endedAt === null))
      return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("the session did not begin to write");
}
