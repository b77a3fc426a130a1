import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { runProgram } from "~tests/support/run-program";
import { serverHome } from "~tests/support/server-home";
import { newTestId, type TestClient, type TestRepository } from "~tests/support/storage-client";
import { type StorageNode, startStorageNode } from "~tests/support/storage-node";
import { until } from "~tests/support/until";

let node: StorageNode;
let client: TestClient;
const helpers: ChildProcess[] = [];

beforeAll(async () => {
  node = await startStorageNode({ audits: false });
  client = await node.addClient();
});
afterEach(() => {
  for (const helper of helpers.splice(0)) helper.kill("SIGKILL");
});
afterAll(() => node.stop());

const ids = (of: TestRepository) => ({ clientId: client.id, repositoryId: of.id });
const audit = (of: TestRepository) =>
  node.keeper("audit-repository", { ...ids(of), passphrase: of.passphrase });
const account = () => {
  const number = (flag: string) =>
    Number(execFileSync("id", [flag, `bbs-${client.id}`], { encoding: "utf8" }));
  return { uid: number("-u"), gid: number("-g") };
};
/** A shell of the client's own account, which no honest client has. */
const asClient = (script: string, ...args: string[]) =>
  runProgram("sh", ["-c", script, "sh", ...args], account());
const allEnded = () =>
  until("the sessions have ended", async () =>
    (await node.keeper("list-sessions", { fromSequence: 0, limit: 1000 })).sessions.every(
      (session) => session.endedAt !== null,
    ),
  );

async function backedUp(archive = "one", of?: TestRepository): Promise<TestRepository> {
  const repository = of ?? (await client.addRepository());
  expect(await client.borg(repository, ["create", `::${archive}`, "/usr/share/doc/apt"])).toMatchObject({
    code: 0,
  });
  await allEnded();
  return repository;
}

const segmentsOf = (repository: TestRepository) =>
  readdirSync(join(repository.path, "data/0")).map((name) => join(repository.path, "data/0", name));
const contents = (paths: string[]) =>
  new Map(paths.map((path) => [path, readFileSync(path).toString("base64")]));

it("leaves a shell of the client's account no way to harm what is sealed", async () => {
  const repository = await backedUp();
  expect(await audit(repository)).toMatchObject({ clean: true, sealed: true });
  const sealed = [...segmentsOf(repository), join(repository.path, "config")];
  const vault = join(node.data, "vault", repository.id);
  const before = contents(sealed);
  const inVault = readdirSync(join(vault, "segments")).sort();
  expect(inVault).toEqual(readdirSync(join(repository.path, "data/0")).sort());
  const tricks = [
    'rm -f "$1"',
    ': > "$1"',
    'truncate -s 9 "$1"',
    'printf x >> "$1"',
    'dd if=/dev/zero of="$1" bs=1 seek=20 count=5 conv=notrunc',
    'mv "$1" "$1.away"',
    'cp "$1" "$1.copy" && mv -f "$1.copy" "$1"',
    'chmod 666 "$1"',
    'chmod 777 "$(dirname "$1")" && rm -f "$1"',
    'mv "$(dirname "$1")" "$(dirname "$1").away"',
    'rm -rf "$(dirname "$1")"',
    'ln "$1" "$HOME/repos/link"',
    'touch -d 2001-01-01 "$1"',
    'setfacl -m u:$(id -u):rwx "$1"',
  ];
  for (const path of sealed) for (const trick of tricks) await asClient(trick, path);
  await asClient('rm -rf "$1"', repository.path);
  expect(contents(sealed)).toEqual(before);
  const looks = await asClient('ls "$1"; cat "$1/vault.json"; rm -rf "$1"; cd "$1"', vault);
  expect(looks.out).toBe("");
  expect(readdirSync(join(vault, "segments")).sort()).toEqual(inVault);
  for (const path of sealed.slice(0, -1)) expect(statSync(path)).toMatchObject({ nlink: 2, mode: 0o100440 });
  // What it could take away is made anew: borg reads the segments.
  await asClient('find "$1" -name "*.copy" -delete', repository.path);
  expect(await audit(repository)).toMatchObject({ clean: true });
  await backedUp("two", repository);
  expect(await audit(repository)).toMatchObject({ clean: true, sealed: true, newArchives: 1 });
});

/** A process of the account that holds a file open for writing and writes to it when it is told to. */
async function holdOpen(path: string): Promise<ChildProcess> {
  const helper = spawn(
    "sh",
    ["-c", 'exec 3<>"$1"; echo open; read line; printf "harm" >&3; echo done; read line', "sh", path],
    {
      ...account(),
      stdio: "pipe",
    },
  );
  helpers.push(helper);
  await once(helper.stdout, "data");
  return helper;
}

it("seals nothing while a process of the account could hold a descriptor from before", async () => {
  const repository = await backedUp();
  const newest = segmentsOf(repository).find((path) => lstatSync(path).uid === account().uid) ?? "";
  const helper = await holdOpen(newest);
  expect(await audit(repository)).toMatchObject({ clean: true, sealed: false });
  helper.kill("SIGKILL");
  await once(helper, "close");
  expect(await audit(repository)).toMatchObject({ clean: true, sealed: true });
  expect(lstatSync(newest)).toMatchObject({ nlink: 2 });
});

it("notices what is written through such a descriptor after the audit, and holds the repository", async () => {
  const repository = await backedUp();
  const newest = segmentsOf(repository).find((path) => lstatSync(path).uid === account().uid) ?? "";
  const helper = await holdOpen(newest);
  expect(await audit(repository)).toMatchObject({ clean: true, sealed: false });
  const isDone = helper.stdout && once(helper.stdout, "data");
  helper.stdin?.write("\n");
  await isDone;
  const found = await audit(repository);
  expect(found).toMatchObject({ clean: false, sealed: false });
  expect(found.evidence).toContainEqual({
    ...{ kind: "segments-changed", count: 1 },
    first: Number(newest.split("/").at(-1)),
  });
  // The whole client is shut out, until somebody has looked at it.
  const other = await client.addRepository();
  expect((await client.borg(other, ["list"])).err).toContain("quarantined");
  rmSync(join(node.data, "vault", repository.id, "hold.json"));
});

it("touches no file that has another name or another owner, and calls it evidence", async () => {
  const repository = await backedUp();
  const newest = segmentsOf(repository).find((path) => lstatSync(path).uid === account().uid) ?? "";
  execFileSync("ln", [newest, join(node.data, "home", client.id, "second-name")]);
  const found = await audit(repository);
  const segment = Number(newest.split("/").at(-1));
  expect(found).toMatchObject({ clean: false });
  expect(found.evidence).toContainEqual({ kind: "segment-malformed", segment, offset: 0 });
  expect(lstatSync(newest).uid).toBe(account().uid);
  rmSync(join(node.data, "home", client.id, "second-name"));
  rmSync(join(node.data, "vault", repository.id, "hold.json"));
});

it("follows no link that the client puts in the place of an index", async () => {
  const repository = await backedUp();
  const [index = ""] = readdirSync(repository.path).filter((name) => name.startsWith("index."));
  await asClient('rm -f "$1" && ln -s /etc/shadow "$1"', join(repository.path, index));
  await asClient('rm -f "$1" && mkfifo "$1"', join(repository.path, index.replace("index", "hints")));
  const done = await audit(repository);
  const sealed = join(node.data, "vault", repository.id, "seals", String(done.transaction));
  for (const name of existsSync(sealed) ? readdirSync(sealed) : [])
    expect(readFileSync(join(sealed, name), "latin1")).not.toContain("root:");
});

it("says so where the vault can hold no second name of a file, and seals the small files there", async () => {
  const data = join(serverHome(), `split-${newTestId()}`);
  mkdirSync(join(data, "vault"), { recursive: true, mode: 0o711 });
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=20m,mode=0700", "tmpfs", join(data, "vault")]);
  const split = await startStorageNode({ data, audits: false });
  try {
    const other = await split.addClient();
    const repository = await other.addRepository();
    const named = { clientId: other.id, repositoryId: repository.id };
    expect(await split.keeper("vault-state", named)).toMatchObject({
      sealKind: "small-files-only",
      seals: [{ archives: 0 }],
    });
    expect(await other.borg(repository, ["create", "::one", "/usr/share/doc/adduser"])).toMatchObject({
      code: 0,
    });
    await until("the session has ended", async () =>
      (await split.keeper("list-sessions", { fromSequence: 0, limit: 10 })).sessions.every(
        (session) => session.endedAt !== null,
      ),
    );
    const done = await split.keeper("audit-repository", { ...named, passphrase: repository.passphrase });
    expect(done).toMatchObject({ clean: true, sealed: true });
    const { protections } = await split.keeper("status", {});
    expect(protections.find((one) => one.name === "sealed-segments")).toMatchObject({ on: false });
  } finally {
    execFileSync("umount", ["-l", join(data, "vault")]);
    await split.stop();
  }
});
