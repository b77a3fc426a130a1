import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sampledBorgs } from "~tests/support/sampled";
import { makeKey, newTestId, type TestClient, type TestRepository } from "~tests/support/storage-client";
import { type StorageNode, startStorageNode } from "~tests/support/storage-node";

/** The accounts and keys of clients: taken in, replaced, forgotten, made again. */
describe.each(sampledBorgs("keeper-clients"))("the keeper's clients with borg $version", ({ borg }) => {
  let node: StorageNode;
  let client: TestClient;
  let repository: TestRepository;

  beforeAll(async () => {
    node = await startStorageNode({ borg });
    client = await node.addClient();
    repository = await client.addRepository();
  });
  afterAll(() => node.stop());

  it("takes in many clients at the same moment, each with numbers of its own", async () => {
    const ids = Array.from({ length: 6 }, () => newTestId());
    const provision = (clientId: string) =>
      node.keeper("provision-client", { clientId, sshPublicKey: client.sshPublicKey });
    await Promise.all(ids.map(provision));
    const rows = readFileSync("/etc/passwd", "utf8").split("\n");
    const numbers = rows.filter((row) => ids.some((id) => row.includes(id))).map((row) => row.split(":")[2]);
    expect(new Set(numbers).size).toBe(12);
    await Promise.all(ids.map((clientId) => node.keeper("remove-client", { clientId })));
    for (const id of ids) execFileSync("/usr/sbin/userdel", ["-f", `bbv-${id}`], { stdio: "ignore" });
  });

  it("replaces a client's key at once, and forgets a removed client but not its repositories", async () => {
    const other = await node.addClient();
    const theirs = await other.addRepository();
    expect(await other.borg(theirs, ["create", "::kept", "/usr/share/doc/adduser"])).toMatchObject({
      code: 0,
    });
    const newKey = makeKey(join(other.folder, "new-key"));
    await node.keeper("provision-client", { clientId: other.id, sshPublicKey: newKey });
    expect((await other.ssh([], ["borg", "serve"])).err).toContain("Permission denied (publickey)");
    expect((await other.borg(theirs, ["list"])).code).not.toBe(0);
    const withNew = { BORG_RSH: `${other.sshCommand.join(" ")} -i ${join(other.folder, "new-key")}` };
    expect(await other.borg(theirs, ["list", "--short"], withNew)).toMatchObject({ code: 0, out: "kept\n" });
    await node.keeper("remove-client", { clientId: other.id });
    await node.keeper("remove-client", { clientId: other.id });
    expect((await other.borg(theirs, ["list"], withNew)).code).not.toBe(0);
    const read = { clientId: other.id, repositoryId: theirs.id, passphrase: theirs.passphrase };
    expect((await node.keeper("list-archives", read)).archives).toHaveLength(1);
    const numbers = readFileSync("/etc/passwd", "utf8");
    expect(numbers).not.toContain(`bbs-${other.id}:`);
    await node.keeper("provision-client", { clientId: other.id, sshPublicKey: newKey });
    expect(await other.borg(theirs, ["list", "--short"], withNew)).toMatchObject({ code: 0, out: "kept\n" });
  });

  it("makes accounts again with their old numbers when the machine has forgotten them", async () => {
    const before = execFileSync("id", [`bbs-${client.id}`], { encoding: "utf8" });
    await node.endKeeper("SIGTERM");
    for (const name of [`bbv-${client.id}`, `bbs-${client.id}`])
      execFileSync("/usr/sbin/userdel", ["-f", name], { stdio: "ignore" });
    execFileSync("sh", ["-c", `! getent group bbs-${client.id} || /usr/sbin/groupdel bbs-${client.id}`]);
    await node.startKeeper();
    expect(execFileSync("id", [`bbs-${client.id}`], { encoding: "utf8" })).toBe(before);
    const words = ["create", "::after", "/usr/share/doc/adduser"];
    expect(await client.borg(repository, words)).toMatchObject({ code: 0 });
  });
});
