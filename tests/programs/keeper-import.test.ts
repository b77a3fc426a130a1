import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { KeeperError } from "~/keeper/client";
import {
  bringTo,
  type ForeignRepository,
  fingerprintOf,
  makeForeign,
} from "~tests/support/foreign-repository";
import { sampled, sampledBorgs } from "~tests/support/sampled";
import { newTestId, type TestClient } from "~tests/support/storage-client";
import { type StorageNode, startStorageNode } from "~tests/support/storage-node";

const refused = (call: Promise<unknown>) =>
  call.then(
    () => "no refusal",
    (error) => (error instanceof KeeperError ? `${error.code}: ${error.message}` : String(error)),
  );

describe.each(sampledBorgs("keeper-import"))("taking repositories in with borg $version", ({ borg }) => {
  let node: StorageNode;
  let client: TestClient;
  const imports = () => join(node.data, "import");
  const candidates = async () => (await node.keeper("list-imports", {})).candidates;
  const candidate = async (name: string) => {
    const found = (await candidates()).find((one) => one.name === name);
    if (!found) throw new Error(`${name} is not offered`);
    return found;
  };
  /** One in the import folder, and what is said of it to the keeper. */
  const brought = async (encryption = "repokey-blake2", name = `old-${newTestId()}`) => {
    const foreign = makeForeign({ encryption, inside: dirname(node.data), ...(borg ? { borg } : {}) });
    const path = bringTo(foreign, imports(), name);
    return { foreign, path, name, input: await inputFor(foreign, name) };
  };
  const inputFor = async (foreign: ForeignRepository, name: string) => ({
    ...{ candidateId: (await candidate(name)).id, clientId: client.id, repositoryId: newTestId() },
    ...{ passphrase: foreign.passphrase || "made up", key: foreign.key },
  });
  type Input = Awaited<ReturnType<typeof inputFor>>;
  const inspect = (input: Input) => node.keeper("inspect-import", input);
  const adopt = (input: Input, fingerprint: string) =>
    node.keeper("adopt-import", { ...input, quotaBytes: null, fingerprint });
  const repositoryPath = ({ clientId, repositoryId }: Input) =>
    join(node.data, "home", clientId, "repos", repositoryId);
  const ledger = async ({ clientId, repositoryId }: Input) =>
    (await node.keeper("list-ledger", { clientId, repositoryId, afterRevision: 0, limit: 100 })).archives;
  const audit = ({ clientId, repositoryId, passphrase }: Input) =>
    node.keeper("audit-repository", { clientId, repositoryId, passphrase });
  /** The client's own borg, over ssh and through the gate. */
  const asClient = (input: Input, args: string[]) => {
    const path = repositoryPath(input);
    const url = client.urlOf(`/~/repos/${input.repositoryId}`);
    const repository = { id: input.repositoryId, passphrase: input.passphrase, path, url };
    const keyFile = join(client.folder, `key-${input.repositoryId}`);
    if (input.key !== null) writeFileSync(keyFile, input.key, { mode: 0o600 });
    return client.borg(repository, args, {
      ...{ BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: "yes", BORG_RELOCATED_REPO_ACCESS_IS_OK: "yes" },
      ...(input.key === null ? {} : { BORG_KEY_FILE: keyFile }),
    });
  };
  const backUpAndAudit = async (input: Input) => {
    const ended = await asClient(input, ["create", "--lock-wait=30", "::fresh", "/etc/hostname"]);
    expect(ended, ended.err).toMatchObject({ code: 0 });
    expect((await audit(input)).evidence).toEqual([]);
  };

  beforeAll(async () => {
    node = await startStorageNode({ borg, crashing: true });
    client = await node.addClient();
  });
  afterAll(() => node.stop());

  it.each(sampled(["keyfile", "repokey-blake2", "none", "authenticated-blake2"], 2))(
    "reads one with %s and shows what is in it before anything is taken, then takes it in and goes on with it",
    async (encryption) => {
      const { foreign, path, name, input } = await brought(encryption);
      foreign.path = path;
      expect(await candidate(name)).toMatchObject({ encryption, problem: null, location: "main" });
      const before = fingerprintOf(path);
      const found = await inspect(input);
      expect(found).toMatchObject({ encryption, archiveCount: 2, appendOnly: false, quotaBytes: null });
      expect(found.archives.map((one) => one.name).sort()).toEqual(["old-1", "old-2"]);
      expect(found.newestStartedAt).toContain("2024-05-06T07:08:09");
      expect(fingerprintOf(path)).toBe(before);
      expect(existsSync(repositoryPath(input))).toBe(false);
      expect(existsSync(join(node.data, "vault", input.repositoryId))).toBe(false);

      const startedAt = Date.now();
      expect(await adopt(input, found.fingerprint)).toMatchObject({ archives: 2, location: "main" });
      expect(existsSync(path)).toBe(false);
      for (const archive of await ledger(input)) {
        expect(Date.parse(archive.observedAt)).toBeGreaterThanOrEqual(startedAt);
        expect(archive).toMatchObject({ session: null, removedAt: null });
        expect(archive.claimedStartAt).toContain("2024-05-06");
      }
      const owner = (file: string) => statSync(join(repositoryPath(input), file)).uid;
      const vaultUid = Number(execFileSync("id", ["-u", `bbv-${client.id}`], { encoding: "utf8" }));
      expect([owner("config"), owner("data"), owner("data/0")]).toEqual([vaultUid, vaultUid, vaultUid]);
      await backUpAndAudit(input);
      expect((await asClient(input, ["list", "--short"])).out.trim().split("\n")).toEqual([
        ...["old-1", "old-2", "fresh"],
      ]);
      // Asked once more, it answers as the first time.
      expect(await adopt(input, found.fingerprint)).toMatchObject({ archives: 3 });
      expect(await refused(adopt({ ...input, passphrase: "wrong" }, found.fingerprint))).toMatch(
        encryption === "none" ? /no refusal/ : /^passphrase-wrong/,
      );
      if (encryption === "keyfile") {
        const { clientId, repositoryId, passphrase } = input;
        const shown = await node.keeper("export-key", { clientId, repositoryId, passphrase, paper: false });
        expect(shown.text.trim()).toBe(foreign.key?.trim());
      }
    },
  );

  it.each(
    sampled(
      [
        ...["import:intended", "import:staged", "import:ledgered", "import:placed"],
        ...["import:recorded", "import:sealed", "import:removed"],
      ],
      1,
    ),
  )("loses nothing when it dies at %s, and is repeated without harm", async (step) => {
    const { path, input } = await brought();
    const { fingerprint } = await inspect(input);
    const before = fingerprintOf(path);
    const crashAt = join(dirname(node.data), "crash-at");
    writeFileSync(crashAt, step);
    await adopt(input, fingerprint).catch(() => undefined);
    expect(existsSync(crashAt), "the step was reached").toBe(false);
    await node.keeperIsGone();
    await node.startKeeper();
    const isTaken = !["import:intended", "import:staged", "import:ledgered"].includes(step);
    expect(existsSync(path)).toBe(!isTaken);
    if (!isTaken) {
      expect(fingerprintOf(path)).toBe(before);
      expect(existsSync(join(node.data, "vault", input.repositoryId))).toBe(false);
    }
    expect(await adopt(input, fingerprint)).toMatchObject({ archives: 2 });
    expect(existsSync(path)).toBe(false);
    expect(existsSync(join(node.data, "vault", input.repositoryId, "import.json"))).toBe(false);
    expect(readdirSync(dirname(repositoryPath(input))).filter((one) => one.includes("."))).toEqual([]);
    await backUpAndAudit(input);
  });

  it("refuses what no borg leaves behind, in words, and touches nothing of it", async () => {
    const outside = join(dirname(node.data), "outside");
    writeFileSync(outside, "not yours");
    const hostile: Record<string, (path: string) => void> = {
      "symbolic link": (path) => symlinkSync("/etc/shadow", join(path, "data/0/999")),
      device: (path) => execFileSync("mknod", [join(path, "data/0/999"), "c", "1", "3"]),
      pipe: (path) => execFileSync("mkfifo", [join(path, "hints.99")]),
      "second name": (path) => linkSync(outside, join(path, "data/0/999")),
      setuid: (path) => {
        writeFileSync(join(path, "data/0/999"), "");
        execFileSync("chmod", ["4755", join(path, "data/0/999")]);
      },
      "data/0/1234": (path) => writeFileSync(join(path, "data/0/1234"), ""),
      "data/0/9.tmp": (path) => writeFileSync(join(path, "data/0/9.tmp"), ""),
      "data/..0": (path) => mkdirSync(join(path, "data/..0")),
      "too long": (path) => writeFileSync(join(path, "config"), "x".repeat(1_000_000)),
      "does not write": (path) => editConfig(path, (text) => `${text}\ncommand = rm\n`),
      "folders of 1000": (path) => editConfig(path, (text) => text.replace("= 1000", "= 7")),
      "borg 1.x": (path) => editConfig(path, (text) => text.replace("version = 1", "version = 2")),
      "It is locked": (path) => mkdirSync(join(path, "lock.exclusive")),
    };
    const editConfig = (path: string, change: (text: string) => string) =>
      writeFileSync(join(path, "config"), change(readFileSync(join(path, "config"), "utf8")));
    const { path: good } = await brought("none", "good");
    for (const [words, spoil] of Object.entries(hostile)) {
      const path = join(imports(), "bad");
      cpSync(good, path, { recursive: true });
      spoil(path);
      const told = await candidate("bad");
      expect(told.problem, words).toContain(words);
      const input = { candidateId: told.id, clientId: client.id, repositoryId: newTestId(), key: null };
      expect(await refused(inspect({ ...input, passphrase: "x" })), words).toMatch(/^not-allowed/);
      expect(await refused(adopt({ ...input, passphrase: "x" }, "x")), words).toMatch(/^not-allowed/);
      expect(lstatSync(path).isDirectory()).toBe(true);
      rmSync(path, { recursive: true });
    }
    expect(readFileSync(outside, "utf8")).toBe("not yours");
    expect(statSync(outside).uid).toBe(0);
    symlinkSync("/etc", join(imports(), "link"));
    expect((await candidates()).some(({ name }) => name === "link")).toBe(false);
    rmSync(join(imports(), "link"));
    execFileSync("chmod", ["0777", imports()]);
    const told = await candidate("good");
    expect(
      await refused(
        inspect({
          candidateId: told.id,
          clientId: client.id,
          repositoryId: newTestId(),
          key: null,
          passphrase: "x",
        }),
      ),
    ).toContain("can be changed by others than root");
    execFileSync("chmod", ["0700", imports()]);
    rmSync(good, { recursive: true });
  });

  it("refuses damage, a wrong passphrase, a missing or foreign key, a second copy and what changed meanwhile", async () => {
    const { foreign, path, input } = await brought();
    const copy = join(imports(), "copy");
    cpSync(path, copy, { recursive: true, preserveTimestamps: true });
    expect(await refused(inspect({ ...input, passphrase: "wrong" }))).toMatch(/^passphrase-wrong/);
    const { fingerprint } = await inspect(input);
    execFileSync("touch", ["-d", "2020-01-01", join(path, "data/0/1")]);
    expect(await refused(adopt(input, fingerprint))).toContain("changed since it was looked at");
    await adopt(input, (await inspect(input)).fingerprint);
    const second = await inputFor(foreign, "copy");
    expect(await refused(inspect(second))).toMatch(/^repository-exists/);
    expect((await candidate("copy")).problem).toContain("It is here already");
    rmSync(copy, { recursive: true });

    const damaged = await brought();
    const segments = readdirSync(join(damaged.path, "data/0")).sort((a, b) => Number(a) - Number(b));
    const large = segments.find((n) => statSync(join(damaged.path, "data/0", n)).size > 2000) ?? "";
    const bytes = readFileSync(join(damaged.path, "data/0", large));
    bytes[1500] = (bytes[1500] ?? 0) ^ 255;
    writeFileSync(join(damaged.path, "data/0", large), bytes);
    expect(await refused(inspect(damaged.input))).toContain("borg found damage");
    expect(existsSync(damaged.path)).toBe(true);
    rmSync(damaged.path, { recursive: true });

    const keyed = await brought("keyfile-blake2");
    expect(await refused(inspect({ ...keyed.input, key: null }))).toContain("borg key export");
    const other = makeForeign({
      encryption: "keyfile-blake2",
      archives: [],
      inside: dirname(node.data),
      ...(borg ? { borg } : {}),
    });
    expect(await refused(inspect({ ...keyed.input, key: other.key }))).toContain("key of another repository");
    rmSync(keyed.path, { recursive: true });
  });

  it("copies from another file system, reads the copy back, and empties the original last", async () => {
    const foreign = makeForeign({
      encryption: "repokey-blake2",
      inside: dirname(node.data),
      ...(borg ? { borg } : {}),
    });
    const mounted = join(imports(), "usb");
    mkdirSync(mounted);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64m", "tmpfs", mounted]);
    try {
      cpSync(foreign.path, mounted, { recursive: true });
      const input = await inputFor(foreign, "usb");
      const { fingerprint } = await inspect(input);
      expect(readdirSync(mounted)).toContain("config");
      await adopt(input, fingerprint);
      expect(readdirSync(mounted)).toEqual([]);
      await backUpAndAudit(input);
    } finally {
      execFileSync("umount", [mounted]);
    }
    rmSync(mounted, { recursive: true });
  });

  it("offers what lies where repositories lie and has no record, and takes it in under its own id", async () => {
    const { input } = await brought();
    await adopt(input, (await inspect(input)).fingerprint);
    await node.auditor?.stop();
    await node.endKeeper("SIGKILL");
    rmSync(join(node.data, "vault", input.repositoryId), { recursive: true });
    await node.startKeeper();
    const left = await candidate(`left.${client.id}.${input.repositoryId}`);
    expect(left).toMatchObject({ kind: "left", clientId: client.id, repositoryId: input.repositoryId });
    const again = { ...input, candidateId: left.id };
    expect(await refused(inspect({ ...again, repositoryId: newTestId() }))).toContain("keeps its id");
    const { fingerprint } = await inspect(again);
    expect(await adopt(again, fingerprint)).toMatchObject({ archives: 2 });
    await backUpAndAudit(again);
  });

  it("tells of every repository that it has, and reads one that only the server forgot", async () => {
    const { input } = await brought();
    await adopt(input, (await inspect(input)).fingerprint);
    const { clientId, repositoryId } = input;
    const all = await node.keeper("list-repositories", { after: null, limit: 1000 });
    expect(all.repositories).toContainEqual(expect.objectContaining({ clientId, repositoryId }));
    const { repositories: rest } = await node.keeper("list-repositories", {
      after: repositoryId,
      limit: 1000,
    });
    expect(rest.some((one) => one.repositoryId === repositoryId)).toBe(false);
    const known = { ...input, candidateId: null };
    expect(await node.keeper("inspect-import", known)).toMatchObject({
      ...{ encryption: "repokey-blake2", archiveCount: 2 },
    });
    expect(await refused(node.keeper("inspect-import", { ...known, passphrase: "wrong" }))).toMatch(
      /^passphrase-wrong/,
    );
  });
});
