import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { TestClient, TestRepository } from "~tests/support/storage-client";
import { type StorageNode, startStorageNode } from "~tests/support/storage-node";
import { until } from "~tests/support/until";

/** Without the gate's filter, so that a client can do what the audit must find. */
let node: StorageNode;
let client: TestClient;

beforeAll(async () => {
  node = await startStorageNode({ audits: false, layers: { gate: false } });
  client = await node.addClient();
});
afterAll(() => node.stop());

const ids = (of: TestRepository) => ({ clientId: client.id, repositoryId: of.id });
const state = (of: TestRepository) => node.keeper("vault-state", ids(of));
const audit = (of: TestRepository) =>
  node.keeper("audit-repository", { ...ids(of), passphrase: of.passphrase });
const sessions = async () => (await node.keeper("list-sessions", { fromSequence: 0, limit: 1000 })).sessions;
const run = async (of: TestRepository, ...args: string[]) => {
  expect(await client.borg(of, args)).toMatchObject({ code: 0 });
  await until("the session has ended", async () =>
    (await sessions()).every((session) => session.endedAt !== null),
  );
};
const forget = (of: TestRepository) => rmSync(join(node.data, "vault", of.id, "hold.json"), { force: true });

async function withArchives(...names: string[]): Promise<TestRepository> {
  const repository = await client.addRepository();
  for (const name of names) {
    await run(repository, "create", `::${name}`, "/usr/share/doc/adduser");
    expect(await audit(repository)).toMatchObject({ clean: true, sealed: true });
  }
  return repository;
}

it("holds a repository whose archives were deleted, names them, and ends and refuses the client's sessions", async () => {
  const repository = await withArchives("one", "two");
  const clean = await state(repository);
  await run(repository, "delete", "::one");
  const found = await audit(repository);
  expect(found).toMatchObject({ clean: false, sealed: false, newArchives: 0 });
  const session = (await sessions()).at(-1);
  expect(found.evidence.map((one) => one.kind).sort()).toEqual(["archives-missing", "objects-deleted"]);
  expect(found.evidence).toContainEqual(
    expect.objectContaining({ kind: "objects-deleted", session: session?.sequence }),
  );
  expect(found.evidence).toContainEqual(
    expect.objectContaining({ count: 1, archives: [expect.objectContaining({ name: "one" })] }),
  );
  const held = await state(repository);
  expect(held.hold).toMatchObject({
    sessions: [session?.sequence],
    lastCleanTransaction: clean.auditedTransaction,
    lastCleanAt: clean.auditedAt,
    lastCleanArchives: 2,
    evidence: found.evidence,
  });
  expect(held.seals).toEqual(clean.seals);
  expect(held.compactionBlockedBy.join(" ")).toContain("held");
  // Asked again it answers the same and looks at nothing.
  expect((await audit(repository)).evidence).toEqual(found.evidence);
  for (const args of [["list"], ["create", "::three", "/usr/share/doc/adduser"]])
    expect((await client.borg(repository, args)).err).toContain("quarantined");
  await node.endKeeper("SIGKILL");
  await node.startKeeper();
  expect((await state(repository)).hold).toEqual(held.hold);
  expect((await client.borg(repository, ["list"])).err).toContain("quarantined");
  forget(repository);
});

it("puts a changed configuration back at once, keeps the changed one and holds the repository", async () => {
  const repository = await withArchives("one");
  const config = join(repository.path, "config");
  const good = readFileSync(config, "utf8");
  writeFileSync(config, good.replace(/^key = \w{4}/m, "key = AAAA"));
  const found = await audit(repository);
  expect(found.evidence).toEqual([{ kind: "config-changed", key: true }]);
  expect(readFileSync(config, "utf8")).toBe(good);
  const kept = join(node.data, "vault", repository.id, "quarantine");
  const [time = ""] = readdirSync(kept);
  expect(readFileSync(join(kept, time, "config"), "utf8")).toContain("key = AAAA");
  const list = { ...ids(repository), passphrase: repository.passphrase };
  expect((await node.keeper("list-archives", list)).archives).toHaveLength(1);
  forget(repository);
});

it("seals no configuration that was changed after it was judged", async () => {
  const repository = await withArchives("one");
  const config = join(repository.path, "config");
  const good = readFileSync(config, "utf8");
  const changed = join(dirname(node.data), "changed");
  const order = join(dirname(node.data), "copy-at.json");
  writeFileSync(changed, good.replace(/^key = \w{4}/m, "key = AAAA"));
  await run(repository, "create", "::two", "/usr/share/doc/adduser");
  writeFileSync(order, JSON.stringify({ step: "audit:known", from: changed, to: config }));
  await expect(audit(repository)).rejects.toThrow();
  rmSync(order);
  expect(readFileSync(config, "utf8")).toContain("key = AAAA");
  expect((await audit(repository)).evidence).toEqual([{ kind: "config-changed", key: true }]);
  expect(readFileSync(config, "utf8")).toBe(good);
  forget(repository);
});

it("ends a session that is running when the repository turns out not to be clean", async () => {
  const [bad, other] = [await withArchives("one"), await withArchives("one")];
  await run(bad, "delete", "::one");
  const writing = client.startBorg(other, ["with-lock", other.url, "sh", "-c", "echo locked; sleep 60"]);
  await new Promise((resolve) => writing.stdout?.once("data", resolve));
  expect(await audit(bad)).toMatchObject({ clean: false });
  expect((await sessions()).filter((session) => session.endedAt === null)).toEqual([]);
  forget(bad);
  expect(await audit(other)).toMatchObject({ clean: true });
});

it("holds a repository that is gone", async () => {
  const repository = await withArchives("one");
  execFileSync("sh", ["-c", 'rm -r "$1"/*', "sh", repository.path]);
  expect((await audit(repository)).evidence).toEqual([{ kind: "repository-missing" }]);
  expect((await state(repository)).hold).not.toBeNull();
  forget(repository);
});

it("finds segments that vanish, change and appear between two sessions", async () => {
  const repository = await withArchives("one", "two");
  const data = join(repository.path, "data/0");
  const [first = "", second = ""] = readdirSync(data).sort((a, b) => Number(a) - Number(b));
  rmSync(join(data, first));
  writeFileSync(join(data, second), "x", { flag: "a" });
  const kinds = (await audit(repository)).evidence.map((one) => one.kind);
  expect(kinds).toEqual(expect.arrayContaining(["segments-missing", "segments-changed"]));
  expect(existsSync(join(node.data, "vault", repository.id, "segments", first))).toBe(true);
  forget(repository);
});

it("calls a commit that no session made evidence", async () => {
  const repository = await withArchives("one");
  const uid = Number(execFileSync("id", ["-u", `bbs-${client.id}`], { encoding: "utf8" }));
  const gid = Number(execFileSync("id", ["-g", `bbs-${client.id}`], { encoding: "utf8" }));
  const base = join(client.folder, "shell-base");
  execFileSync("install", ["-d", "-o", String(uid), "-g", String(gid), base, `${base}/x`]);
  execFileSync("chmod", ["711", client.folder, join(client.folder, "..")]);
  execFileSync(node.borg, ["create", `${repository.path}::shell`, "/usr/share/doc/apt"], {
    ...{ uid, gid, cwd: "/", stdio: "pipe" },
    env: Object.assign(Object.create(null), {
      ...{ PATH: "/usr/bin:/bin", BORG_BASE_DIR: base, BORG_PASSPHRASE: repository.passphrase },
      BORG_RELOCATED_REPO_ACCESS_IS_OK: "yes",
    }),
  });
  const kinds = (await audit(repository)).evidence.map((one) => one.kind);
  expect(kinds).toContain("commit-unledgered");
  forget(repository);
});

it("accuses nobody when the machine fails while the archives are listed", async () => {
  const repository = await withArchives("one");
  await run(repository, "create", "::two", "/usr/share/doc/adduser");
  const base = join(node.data, "keeper/borg", repository.id);
  for (const name of [".config", ".cache"]) {
    rmSync(join(base, name), { recursive: true, force: true });
    writeFileSync(join(base, name), "borg can make no folder here");
  }
  await expect(audit(repository)).rejects.toMatchObject({ code: "fault" });
  expect(await state(repository)).toMatchObject({ hold: null, unaudited: 1 });
  rmSync(base, { recursive: true });
  expect(await audit(repository)).toMatchObject({ clean: true, newArchives: 1 });
});
