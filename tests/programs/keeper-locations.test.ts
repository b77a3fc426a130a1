import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { KeeperError } from "~/keeper/client";
import { runProgram } from "~tests/support/run-program";
import { sampledBorgs } from "~tests/support/sampled";
import { newTestId, type TestClient, type TestRepository } from "~tests/support/storage-client";
import { type StorageNode, startStorageNode } from "~tests/support/storage-node";

const refused = (call: Promise<unknown>) =>
  call.then(
    () => "no refusal",
    (error) => (error instanceof KeeperError ? `${error.code}: ${error.message}` : String(error)),
  );

describe.each(sampledBorgs("keeper-locations"))("storage locations with borg $version", ({ borg }) => {
  let node: StorageNode;
  let client: TestClient;
  let repository: TestRepository;
  const disk = () => join(dirname(node.data), "disk-b");
  const config = () => join(node.data, "locations.json");
  const ids = () => ({ clientId: client.id, repositoryId: repository.id });
  const named = () => ({ ...ids(), passphrase: repository.passphrase });
  const again = async () => {
    await node.endKeeper("SIGTERM");
    await node.startKeeper();
  };
  const create = (repositoryId: string, location: string, passphrase = "secret") =>
    node.keeper("create-repository", {
      clientId: client.id,
      repositoryId,
      passphrase,
      quotaBytes: null,
      location,
    });
  const problems = async () =>
    Object.fromEntries(
      ((await node.keeper("status", {})).locations ?? []).map(({ name, problem }) => [name, problem]),
    );

  beforeAll(async () => {
    node = await startStorageNode({ borg, audits: false });
    client = await node.addClient();
    const passphrase = randomBytes(12).toString("hex");
    const id = newTestId();
    const path = join(disk(), "repos", client.id, id);
    repository = { id, passphrase, path, url: client.urlOf(`/~/repos/${id}`) };
  });
  afterAll(() => node.stop());

  it("takes names from its own file only, and no folder that is not root's alone", async () => {
    const loose = join(dirname(node.data), "loose");
    mkdirSync(disk(), { mode: 0o711 });
    mkdirSync(loose);
    chmodSync(loose, 0o777);
    writeFileSync(
      config(),
      JSON.stringify({
        "disk-b": disk(),
        loose,
        inside: join(node.data, "home"),
        gone: join(disk(), "../gone"),
      }),
      { mode: 0o600 },
    );
    await again();
    expect(await problems()).toEqual({
      ...{ main: null, "disk-b": null, gone: "its folder is not there." },
      loose: `${loose} can be changed by others than root.`,
      inside: "it lies within the data folder or another location, or they in it.",
    });
    // A path does not even leave the caller.
    for (const name of ["../loose", "/tmp"])
      expect(await refused(create(newTestId(), name))).toContain("invalid_format");
    expect(await refused(create(newTestId(), "disk-c"))).toContain("bad-request");
    expect(await refused(create(newTestId(), "loose"))).toContain("not-allowed: The storage location loose");
  });

  it("keeps a repository and its vault there, and the client does not notice", async () => {
    await create(repository.id, "disk-b", repository.passphrase);
    const source = join(client.folder, "key");
    const done = await client.borg(repository, ["create", "::one", source]);
    expect(done.code, done.err).toBe(0);
    expect(await node.keeper("audit-repository", named())).toMatchObject({
      clean: true,
      sealed: true,
      newArchives: 1,
    });
    expect(existsSync(join(repository.path, "config"))).toBe(true);
    expect(existsSync(join(node.data, "vault", repository.id))).toBe(false);
    const sealed = join(disk(), "vault", repository.id, "segments", "1");
    expect(statSync(sealed).nlink).toBe(2);
    expect(lstatSync(join(node.data, "home", client.id, "repos", repository.id)).isSymbolicLink()).toBe(true);
    const check = { ...named(), kind: "full" as const, budgetSeconds: 60, everyDays: 30 };
    expect((await node.keeper("check-repository", check)).ok).toBe(true);
    const uid = Number(execFileSync("id", ["-u", client.user], { encoding: "utf8" }));
    const hostile = await runProgram(node.borg, ["delete", "::one"], {
      ...{ uid, gid: statSync(repository.path).gid },
      env: {
        ...{ BORG_BASE_DIR: join(tmpdir(), `attacker-${client.id}`), BORG_PASSPHRASE: repository.passphrase },
        BORG_REPO: repository.path,
      },
    });
    expect(hostile.code, hostile.err).toBe(0);
    rmSync(join(tmpdir(), `attacker-${client.id}`), { recursive: true, force: true });
    expect(await node.keeper("audit-repository", named())).toMatchObject({ clean: false });
    expect(await node.keeper("roll-back", { ...named(), transaction: null })).toMatchObject({ archives: 1 });
    await again();
    expect((await client.borg(repository, ["list", "--short"])).out).toContain("one");
    // Asked for again under another name it stays where it is.
    await create(repository.id, "main", repository.passphrase);
    expect(existsSync(join(repository.path, "config"))).toBe(true);
  });

  it("does nothing in a location whose disk is not mounted, and goes on when it is back", async () => {
    await node.endKeeper("SIGTERM");
    renameSync(disk(), `${disk()}.away`);
    mkdirSync(disk(), { mode: 0o711 });
    await node.startKeeper();
    expect((await problems())["disk-b"]).toBe("its disk is not mounted.");
    expect(await refused(node.keeper("vault-state", ids()))).toContain("repository-missing");
    for (const location of ["main", "disk-b"])
      expect(await refused(create(repository.id, location, repository.passphrase))).toMatch(
        /^(repository-exists|not-allowed)/,
      );
    expect(await refused(create(newTestId(), "main"))).toBe("no refusal");
    await node.endKeeper("SIGTERM");
    rmSync(disk(), { recursive: true });
    renameSync(`${disk()}.away`, disk());
    await node.startKeeper();
    expect((await client.borg(repository, ["list", "--short"])).out).toContain("one");
    expect(await node.keeper("audit-repository", named())).toMatchObject({ clean: true });
  });

  it("does not start with a file that others may write", async () => {
    chmodSync(config(), 0o666);
    await node.endKeeper("SIGTERM");
    await expect(node.startKeeper()).rejects.toThrow(/can be changed by others than root/);
    chmodSync(config(), 0o600);
    await node.startKeeper();
  });
});
