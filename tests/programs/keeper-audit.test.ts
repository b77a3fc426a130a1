import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { KeeperError } from "~/keeper/client";
import { runProgram } from "~tests/support/run-program";
import { sampledBorgs } from "~tests/support/sampled";
import type { TestClient, TestRepository } from "~tests/support/storage-client";
import { type StorageNode, startStorageNode } from "~tests/support/storage-node";
import { until } from "~tests/support/until";

const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => "no refusal",
    (error) => (error instanceof KeeperError ? error.code : String(error)),
  );

describe.each(sampledBorgs("keeper-audit"))("audits with borg $version", ({ borg }) => {
  let node: StorageNode;
  let client: TestClient;
  let repository: TestRepository;
  const ids = (of = repository) => ({ clientId: client.id, repositoryId: of.id });
  const state = (of = repository) => node.keeper("vault-state", ids(of));
  const audit = (of = repository) =>
    node.keeper("audit-repository", { ...ids(of), passphrase: of.passphrase });
  const create = async (archive: string, folder: string, of = repository) => {
    expect(await client.borg(of, ["create", `::${archive}`, folder])).toMatchObject({ code: 0 });
  };
  const sessions = async () =>
    (await node.keeper("list-sessions", { fromSequence: 0, limit: 1000 })).sessions.filter(
      (session) => session.clientId === client.id,
    );
  const allEnded = () =>
    until("the sessions have ended", async () =>
      (await sessions()).every((session) => session.endedAt !== null),
    );

  beforeAll(async () => {
    node = await startStorageNode({ borg, audits: false });
    client = await node.addClient();
    repository = await client.addRepository();
  });
  afterAll(() => node.stop());

  it("seals a repository when it is made", async () => {
    const { seals, unaudited, auditedTransaction, sealKind, hold } = await state();
    expect({ unaudited, sealKind, hold }).toEqual({ unaudited: 0, sealKind: "hard-links", hold: null });
    expect(seals).toMatchObject([{ transaction: auditedTransaction, archives: 0, releasedAfter: null }]);
  });

  it("audits a session's commits, enters its archives with our time and seals", async () => {
    const before = await state();
    await create("one", "/usr/share/doc/adduser");
    await allEnded();
    expect(await node.keeper("next-audits", { waitSeconds: 5 })).toEqual({ repositories: [ids()] });
    const [session] = (await sessions()).slice(-1);
    expect(session).toMatchObject({
      repositoryId: repository.id,
      writing: true,
      transactionBefore: before.auditedTransaction,
      callsRefused: 0,
    });
    expect((await state()).unaudited).toBe(1);
    const done = await audit();
    expect(done).toMatchObject({ clean: true, evidence: [], sealed: true, newArchives: 1 });
    expect(done.transaction).toBe(session?.transactionAfter);
    expect(done.newBytes).toBeGreaterThan(0);
    const after = await state();
    expect(after).toMatchObject({ unaudited: 0, auditedTransaction: done.transaction });
    expect(after.seals).toMatchObject([{ transaction: done.transaction, archives: 1 }]);
    const { archives } = await node.keeper("list-ledger", { ...ids(), afterRevision: 0, limit: 10 });
    expect(archives).toMatchObject([
      { name: "one", session: session?.sequence, observedAt: session?.endedAt, revision: 1, trashedAt: null },
    ]);
    expect(await node.keeper("next-audits", { waitSeconds: 0 })).toEqual({ repositories: [] });
  });

  it("only looks when there is nothing new", async () => {
    const before = await state();
    const again = await audit();
    expect(again).toMatchObject({
      clean: true,
      sealed: true,
      newSegments: 0,
      newArchives: 0,
      listSeconds: 0,
    });
    const after = await state();
    expect(after.seals).toEqual(before.seals);
    expect(after.ledgerRevision).toBe(before.ledgerRevision);
  });

  it("lets no second session write before the first one's commits are audited, and readers at any time", async () => {
    const own = await client.addRepository();
    await create("first", "/usr/share/doc/adduser", own);
    expect(await client.borg(own, ["list", "--short"])).toMatchObject({ code: 0, out: "first\n" });
    const second = client.borg(own, ["create", "::second", "/usr/share/doc/apt"]);
    await until("the second session waits", async () => (await sessions()).at(-1)?.endedAt === null);
    expect((await state(own)).unaudited).toBe(1);
    expect(await audit(own)).toMatchObject({ clean: true, newArchives: 1 });
    expect(await second).toMatchObject({ code: 0 });
    await allEnded();
    expect(await audit(own)).toMatchObject({ clean: true, newArchives: 1 });
  });

  it("refuses to audit while a client writes, and audits without sealing while it reads", async () => {
    const own = await client.addRepository();
    await create("first", "/usr/share/doc/adduser", own);
    const [ssh = "ssh", ...options] = client.sshCommand;
    const reading = spawn(ssh, [...options, `${client.user}@127.0.0.1`, "borg", "serve"], { stdio: "pipe" });
    await until("somebody is connected", async () => (await sessions()).at(-1)?.endedAt === null);
    const unsealed = await audit(own);
    expect(unsealed).toMatchObject({ clean: true, sealed: false, newArchives: 1 });
    const between = await state(own);
    expect(between).toMatchObject({ unaudited: 0, auditedTransaction: unsealed.transaction });
    expect(between.seals.at(-1)?.transaction).toBeLessThan(unsealed.transaction);
    const writing = client.startBorg(own, ["with-lock", own.url, "sh", "-c", "echo locked; sleep 60"]);
    await new Promise((resolve) => writing.stdout?.once("data", resolve));
    expect(await codeOf(audit(own))).toBe("session-open");
    writing.kill("SIGKILL");
    reading.kill("SIGKILL");
    await allEnded();
    expect(await audit(own)).toMatchObject({ clean: true, sealed: true, newArchives: 0 });
    expect((await state(own)).seals.at(-1)?.transaction).toBe(unsealed.transaction);
    await create("second", "/usr/share/doc/apt", own);
    await allEnded();
    expect(await audit(own)).toMatchObject({ clean: true, sealed: true, newArchives: 1 });
  });

  it("knows every stored object before the next session begins, and no other", async () => {
    const folder = join(node.data, "home", client.id, "known", repository.id);
    const known = readdirSync(folder).flatMap((name) => idsIn(readFileSync(join(folder, name))));
    const index = await runProgram("python3", ["-c", LIST_IDS, repository.path]);
    expect(index).toMatchObject({ code: 0 });
    expect(known.sort()).toEqual(index.out.trim().split("\n").sort());
    expect(known.length).toBeGreaterThan(0);
    expect(new Set(known).size).toBe(known.length);
  });

  it("exports the key as borg does, from the seal", async () => {
    const own = await client.addRepository();
    const inLedger = await client.borg(own, ["key", "export", own.url, join(client.folder, "key.txt")]);
    expect(inLedger).toMatchObject({ code: 0 });
    const paper = await client.borg(own, [
      "key",
      "export",
      "--paper",
      own.url,
      join(client.folder, "paper.txt"),
    ]);
    expect(paper).toMatchObject({ code: 0 });
    const exported = { ...ids(own), passphrase: own.passphrase };
    const { text, configSha256 } = await node.keeper("export-key", { ...exported, paper: false });
    expect(text).toBe(readFileSync(join(client.folder, "key.txt"), "utf8"));
    expect((await node.keeper("export-key", { ...exported, paper: true })).text).toBe(
      readFileSync(join(client.folder, "paper.txt"), "utf8"),
    );
    const config = readFileSync(join(own.path, "config"));
    expect(configSha256).toBe(createHash("sha256").update(config).digest("hex"));
  });

  it("takes a repository from before the vault as its baseline", async () => {
    const own = await client.addRepository();
    await create("old", "/usr/share/doc/adduser", own);
    await allEnded();
    await node.endKeeper("SIGTERM");
    const vault = join(node.data, "vault", own.id);
    execFileSync("sh", ["-c", `cd "$1" && rm -r vault.json segments seals`, "sh", vault]);
    execFileSync("rm", ["-rf", join(node.data, "home", client.id, "known", own.id)]);
    await node.startKeeper();
    expect(await state(own)).toMatchObject({ auditedTransaction: null, seals: [], sealKind: "none" });
    const { repositories } = await node.keeper("next-audits", { waitSeconds: 5 });
    expect(repositories).toContainEqual(ids(own));
    expect(await audit(own)).toMatchObject({ clean: true, sealed: true, newArchives: 1 });
    const { archives } = await node.keeper("list-ledger", { ...ids(own), afterRevision: 0, limit: 10 });
    expect(archives).toMatchObject([{ name: "old", session: null, observedAt: archives[0]?.claimedStartAt }]);
    await create("new", "/usr/share/doc/apt", own);
    await allEnded();
    expect(await audit(own)).toMatchObject({ clean: true, sealed: true, newArchives: 1 });
  });

  it("keeps the boundary of a session that outlives the keeper, and of one that dies with it", async () => {
    const own = await client.addRepository();
    const before = await state(own);
    const writing = client.startBorg(own, ["with-lock", own.url, "sh", "-c", "echo locked; sleep 60"]);
    await new Promise((resolve) => writing.stdout?.once("data", resolve));
    await node.endKeeper("SIGKILL");
    await node.startKeeper();
    expect(await codeOf(audit(own))).toBe("session-open");
    writing.kill("SIGKILL");
    await allEnded();
    expect((await sessions()).at(-1)).toMatchObject({
      repositoryId: own.id,
      transactionBefore: before.auditedTransaction,
    });
    expect(await audit(own)).toMatchObject({ clean: true });
    const dying = client.borg(own, ["create", "::kept", "/usr/share/doc/adduser"]);
    await until("it writes", async () => (await sessions()).at(-1)?.writing === true);
    await node.endKeeper("SIGKILL");
    await dying;
    await node.startKeeper();
    await allEnded();
    const done = await audit(own);
    expect(done).toMatchObject({ clean: true, sealed: true });
    expect((await sessions()).at(-1)?.transactionAfter).toBe(done.transaction);
  });

  it("calls a wrong passphrase a refusal, not evidence", async () => {
    const own = await client.addRepository();
    await create("one", "/usr/share/doc/adduser", own);
    await allEnded();
    expect(await codeOf(node.keeper("audit-repository", { ...ids(own), passphrase: "wrong" }))).toBe(
      "passphrase-wrong",
    );
    expect(await state(own)).toMatchObject({ hold: null, unaudited: 1 });
    expect(await audit(own)).toMatchObject({ clean: true, newArchives: 1 });
  });

  it("drops the seal that a newer one replaces", async () => {
    const seals = join(node.data, "vault", repository.id, "seals");
    const { seals: before } = await state();
    await create("more", "/usr/share/doc/apt");
    await allEnded();
    const done = await audit();
    expect(readdirSync(seals)).toEqual([String(done.transaction)]);
    expect(before[0]?.transaction).toBeLessThan(done.transaction);
    expect(existsSync(join(seals, String(done.transaction), "config"))).toBe(true);
  });
});

/** What borg itself finds in the segments, without an index of anybody's. */
const LIST_IDS = `
import os, sys
from borg.repository import LoggedIO, TAG_PUT, TAG_DELETE
io = LoggedIO(sys.argv[1], 500 * 1024 * 1024, 1000)
ids = set()
for segment, _ in io.segment_iterator():
    for tag, key, offset, size in io.iter_objects(segment):
        if tag == TAG_PUT: ids.add(key)
        elif tag == TAG_DELETE: ids.discard(key)
ids.discard(bytes(32))
print("\\n".join(sorted(id.hex() for id in ids)))
`;

function idsIn(file: Buffer): string[] {
  expect(file.subarray(0, 8).toString()).toBe("BBSKNOWN");
  const ids: string[] = [];
  for (let at = 16; at < file.length; at += 32) ids.push(file.toString("hex", at, at + 32));
  return ids;
}
