import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { KeeperError } from "~/keeper/client";
import { runProgram } from "~tests/support/run-program";
import { sampledBorgs } from "~tests/support/sampled";
import { newTestId, type TestClient, type TestRepository } from "~tests/support/storage-client";
import { type StorageNode, startStorageNode } from "~tests/support/storage-node";
import { until } from "~tests/support/until";

const base64 = (text: string, encoding: BufferEncoding = "utf8") =>
  Buffer.from(text, encoding).toString("base64");
const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => "no refusal",
    (error) => (error instanceof KeeperError ? error.code : String(error)),
  );

describe.each(sampledBorgs("keeper"))("keeper with borg $version", ({ borg, version }) => {
  let node: StorageNode;
  let client: TestClient;
  let repository: TestRepository;
  const named = (of = repository) => ({
    clientId: client.id,
    repositoryId: of.id,
    passphrase: of.passphrase,
  });
  const create = async (archive: string, folder: string, of = repository) => {
    expect(await client.borg(of, ["create", `::${archive}`, folder])).toMatchObject({ code: 0 });
  };
  const ids = (of = repository) => ({ clientId: client.id, repositoryId: of.id });
  /** One whose trash may be emptied at once. */
  const addLoose = async () => {
    const own = await client.addRepository();
    const rules = { trashDays: 0, keepOldSealDays: 0, floorNewest: 1, floorWeeklyDays: 0 };
    await node.keeper("set-vault-rules", { ...ids(own), ...rules });
    return own;
  };
  const allAudited = (of: TestRepository) =>
    until("everything is audited and sealed", async () => {
      const { unaudited, seals, auditedTransaction } = await node.keeper("vault-state", ids(of));
      return unaudited === 0 && seals.at(-1)?.transaction === auditedTransaction && !(await isOpen());
    });
  const isOpen = async () =>
    (await node.keeper("list-sessions", { fromSequence: 0, limit: 1000 })).sessions.some(
      (session) => session.clientId === client.id && session.endedAt === null,
    );
  const trash = async (of: TestRepository, names: string[]) => {
    await allAudited(of);
    const { archives } = await node.keeper("list-ledger", { ...ids(of), afterRevision: 0, limit: 1000 });
    const borgIds = archives.filter((one) => names.includes(one.name)).map((one) => one.borgId);
    expect(await node.keeper("trash-archives", { ...ids(of), borgIds })).toMatchObject({ kept: [] });
    return borgIds;
  };
  /** Empties the trash: exactly what was put there is gone. */
  const emptyTrash = async (of: TestRepository, borgIds: string[]) => {
    const { deleted } = await node.keeper("compact-repository", named(of));
    expect(deleted.sort()).toEqual(borgIds.sort());
  };

  beforeAll(async () => {
    node = await startStorageNode({ borg });
    client = await node.addClient();
    repository = await client.addRepository();
  });
  afterAll(() => node.stop());

  it("says what it is and which protections it really has", async () => {
    const status = await node.keeper("status", {});
    expect(status).toMatchObject({ root: true, sshHostKeys: [node.hostKey], borgVersion: version });
    const on = Object.fromEntries(status.protections.map((one) => [one.name, one.on]));
    expect(on).toEqual({
      ...{ "separate-accounts": true, "root-owned-keys": true, "trusted-code": true, quota: true },
      "sealed-segments": true,
      "borg-patched": version !== "1.2.4",
    });
    expect(status.totalBytes).toBeGreaterThan(status.freeBytes);
    execFileSync("chmod", ["666", join(node.data, "../programs/gate.mjs")]);
    const loose = await node.keeper("status", {});
    execFileSync("chmod", ["644", join(node.data, "../programs/gate.mjs")]);
    expect(loose.protections.find((one) => one.name === "trusted-code")).toMatchObject({ on: false });
  });

  it("lists, describes and deletes archives, and the client goes on afterwards", async () => {
    const own = await addLoose();
    const before = { clientId: client.id, repositoryId: own.id, passphrase: own.passphrase };
    expect(await node.keeper("list-archives", before)).toEqual({ archives: [] });
    await create("one", "/usr/share/doc/adduser", own);
    await create("two", "/usr/share/doc/apt", own);
    const { archives } = await node.keeper("list-archives", before);
    expect(archives.map((archive) => archive.name)).toEqual(["one", "two"]);
    expect(archives[0]).toMatchObject({ borgId: expect.stringMatching(/^[0-9a-f]{64}$/), username: "root" });
    expect(Math.abs(Date.parse(archives[0]?.startedAt ?? "") - Date.now())).toBeLessThan(60_000);

    const told = await node.keeper("describe-archive", { ...before, archiveName: "one" });
    const asked = JSON.parse((await client.borg(own, ["info", "--json", "::one"])).out).archives[0];
    expect(told).toMatchObject({
      borgId: asked.id,
      originalBytes: asked.stats.original_size,
      compressedBytes: asked.stats.compressed_size,
      deduplicatedBytes: asked.stats.deduplicated_size,
      files: asked.stats.nfiles,
      hostname: asked.hostname,
      durationSeconds: asked.duration,
    });

    const trashed = await trash(own, ["one"]);
    expect((await node.keeper("list-archives", before)).archives).toHaveLength(2);
    await emptyTrash(own, trashed);
    await create("three", "/usr/share/doc/adduser", own);
    expect(await client.borg(own, ["list", "--short"])).toMatchObject({ code: 0, out: "two\nthree\n" });
    const size = await node.keeper("repository-size", { clientId: client.id, repositoryId: own.id });
    expect(size.bytes).toBe(
      Number(execFileSync("du", ["-sb", own.path], { encoding: "utf8" }).split("\t")[0]) -
        folderBytes(own.path),
    );
  });

  it("reads back every byte of what is left when archives were deleted and their space was freed", async () => {
    const own = await addLoose();
    for (const archive of ["a", "b", "c"]) {
      await create(archive, "/usr/share/doc/adduser", own);
      await allAudited(own);
    }
    await emptyTrash(own, await trash(own, ["a", "b"]));
    await create("d", "/usr/share/doc/apt", own);
    expect((await node.keeper("list-archives", named(own))).archives.map((one) => one.name)).toEqual([
      "c",
      "d",
    ]);
    const vault = Number(execFileSync("id", ["-u", `bbv-${client.id}`], { encoding: "utf8" }));
    const checked = await runProgram(node.borg, ["check", "--verify-data", own.path], {
      uid: vault,
      gid: statSync(own.path).gid,
      env: { BORG_BASE_DIR: join(tmpdir(), `check-${own.id}`), BORG_PASSPHRASE: own.passphrase },
    });
    rmSync(join(tmpdir(), `check-${own.id}`), { recursive: true, force: true });
    expect(checked).toMatchObject({ code: 0 });
  });

  it("reads and deletes archives with odd names, and no other", async () => {
    const own = await addLoose();
    const names = [
      "-rf",
      "{now}-{hostname}",
      "half{",
      "*",
      "sh:*",
      "--force=1",
      "büro-日本",
      `a 'b' "c" $(id)`,
    ];
    for (const name of [...names, "bystander"])
      await create(name.replaceAll("{", "{{").replaceAll("}", "}}"), "/usr/share/doc/adduser", own);
    const { archives } = await node.keeper("list-archives", named(own));
    expect(archives.map((archive) => archive.name).sort()).toEqual([...names, "bystander"].sort());
    for (const name of names) {
      const told = await node.keeper("describe-archive", { ...named(own), archiveName: name });
      expect(told.borgId).toBe(archives.find((archive) => archive.name === name)?.borgId);
    }
    const braces = { ...named(own), archiveName: "{now}-{hostname}", path: "", limit: 10 };
    expect((await node.keeper("list-folder", braces)).entries.map((entry) => entry.name)).toEqual([
      base64("usr"),
    ]);
    await emptyTrash(own, await trash(own, names));
    const left = await node.keeper("list-archives", named(own));
    expect(left.archives.map((archive) => archive.name)).toEqual(["bystander"]);
  }, 300_000);

  it.each(["a/b", "a::b", " a", "a ", "a\0b"])(
    "refuses the archive name %j, which borg would read as another",
    async (name) => {
      expect(await codeOf(node.keeper("describe-archive", { ...named(), archiveName: name }))).toBe(
        "bad-request",
      );
    },
  );

  it("lists folders without losing a byte of a name", async () => {
    const tree = join(client.folder, "odd");
    mkdirSync(join(tree, "sub/deep"), { recursive: true });
    const names = [
      "plain",
      "new\nline",
      "tab\tbed",
      "q?",
      `it's "x"`,
      "ü😀",
      "back\\slash",
      "-dash",
      "{brace}",
      "re[a-z]*",
    ];
    for (const name of names) writeFileSync(join(tree, name), name);
    execFileSync("sh", [
      "-c",
      'cd "$1" && printf x > "$(printf \'bad\\377\')" && mkdir "$(printf \'dir\\377\')" && printf y > "$(printf \'dir\\377/in\')"',
      "sh",
      tree,
    ]);
    symlinkSync("plain", join(tree, "link"));
    linkSync(join(tree, "plain"), join(tree, "second name"));
    writeFileSync(join(tree, "sub/deep/file"), "z");
    await create("odd", tree);
    const at = Buffer.from(tree.slice(1));
    const list = (path: Buffer, limit = 100) =>
      node.keeper("list-folder", { ...named(), archiveName: "odd", path: path.toString("base64"), limit });
    const { entries, truncated } = await list(at);
    expect(truncated).toBe(false);
    const bad = Buffer.from("bad\xff", "latin1");
    const badFolder = Buffer.from("dir\xff", "latin1");
    expect(entries.map((entry) => entry.name).sort()).toEqual(
      [
        ...names.map((name) => Buffer.from(name)),
        bad,
        badFolder,
        Buffer.from("link"),
        Buffer.from("second name"),
        Buffer.from("sub"),
      ]
        .map((name) => name.toString("base64"))
        .sort(),
    );
    expect(entries.every((entry) => entry.lossless)).toBe(true);
    const find = (name: string) => entries.find((entry) => entry.name === base64(name));
    const twins = [find("plain"), find("second name")];
    expect(twins.map((entry) => entry?.type).sort()).toEqual(["file", "hardlink"]);
    expect(twins.every((entry) => entry?.mode === "-rw-r--r--" && entry.user === "root")).toBe(true);
    expect(twins.map((entry) => entry?.bytes ?? -1).sort()).toEqual([0, 5]);
    expect(find("link")).toMatchObject({ type: "symlink", linkTarget: "plain" });
    expect(find("sub")).toMatchObject({ type: "directory" });
    const below = await list(Buffer.concat([at, Buffer.from("/"), badFolder]));
    expect(below.entries.map((entry) => entry.name)).toEqual([base64("in")]);
    expect((await list(Buffer.concat([at, Buffer.from("/sub")]))).entries.map((entry) => entry.name)).toEqual(
      [base64("deep")],
    );
    // Folders above the source are not in the archive, but they are on the way to it.
    expect((await list(Buffer.alloc(0))).entries).toMatchObject([
      { name: base64(at.toString().split("/")[0] ?? ""), type: "directory" },
    ]);
    expect(await list(at, 3)).toMatchObject({ truncated: true, entries: { length: 3 } });
    expect(await codeOf(list(Buffer.from("no/such/folder")))).toBe("archive-missing");
  });

  it("reads while the client is writing, and refuses to delete meanwhile", async () => {
    const own = await addLoose();
    for (const archive of ["leaving", "steady"]) {
      await create(archive, "/usr/share/doc/adduser", own);
      // Seen in one audit, neither would be the newer one.
      await allAudited(own);
    }
    const trashed = await trash(own, ["leaving"]);
    const holding = client.startBorg(own, ["with-lock", own.url, "sh", "-c", "echo locked; sleep 30"]);
    await new Promise((resolve) => holding.stdout?.once("data", resolve));
    const { archives } = await node.keeper("list-archives", named(own));
    expect(archives.map((archive) => archive.name)).toContain("steady");
    expect(await codeOf(node.keeper("compact-repository", named(own)))).toBe("session-open");
    expect(await node.keeper("end-sessions", { clientId: client.id })).toEqual({ ended: 1 });
    holding.kill("SIGKILL");
    await allAudited(own);
    await emptyTrash(own, trashed);
  });

  it("keeps a backup within its repository's quota, and the other repository is not touched by it", async () => {
    const small = await client.addRepository(12_000_000);
    const large = join(client.folder, "large");
    execFileSync("dd", ["if=/dev/urandom", `of=${large}`, "bs=1M", "count=30", "status=none"]);
    await create("fits", "/usr/share/doc/adduser", small);
    const refused = await client.borg(small, ["create", "--log-json", "::too-large", large]);
    expect(refused.code).toBeGreaterThan(1);
    expect(refused.err).toMatch(/StorageQuotaExceeded|quota/i);
    await create("unlimited", large);
    const { archives } = await node.keeper("list-archives", named(small));
    expect(archives.map((archive) => archive.name)).toEqual(["fits"]);
    await create("still-fits", "/usr/share/doc/apt", small);
    expect(statSync(small.path).isDirectory()).toBe(true);
  });

  it("makes a repository once: again with the same passphrase answers the same, with another it refuses", async () => {
    const again = { ...named(), quotaBytes: null };
    const { borgId } = await node.keeper("create-repository", again);
    expect(readFileSync(join(repository.path, "config"), "utf8")).toContain(`id = ${borgId}`);
    expect(await node.keeper("create-repository", again)).toEqual({ borgId });
    expect(await codeOf(node.keeper("create-repository", { ...again, passphrase: "another" }))).toBe(
      "repository-exists",
    );
    const stranger = await node.addClient();
    expect(await codeOf(node.keeper("create-repository", { ...again, clientId: stranger.id }))).toBe(
      "repository-exists",
    );
    expect(await codeOf(node.keeper("list-archives", { ...named(), clientId: stranger.id }))).toBe(
      "repository-missing",
    );
  });

  it("makes a repository anew where a crash left half of one, and leaves alone what it did not make", async () => {
    const torn = { ...named(), repositoryId: newTestId(), quotaBytes: null };
    const record = join(node.data, "vault", torn.repositoryId);
    mkdirSync(record, { mode: 0o700 });
    writeFileSync(
      join(record, "repository.json"),
      JSON.stringify({
        clientId: client.id,
        borgId: null,
        quotaBytes: null,
        createdAt: new Date().toISOString(),
      }),
    );
    mkdirSync(join(node.data, "home", client.id, "repos", torn.repositoryId, "data"), { recursive: true });
    await node.endKeeper("SIGKILL");
    await node.startKeeper();
    expect((await node.keeper("create-repository", torn)).borgId).toMatch(/^[0-9a-f]{64}$/);
    const foreign = { ...named(), repositoryId: newTestId(), quotaBytes: null };
    mkdirSync(join(node.data, "home", client.id, "repos", foreign.repositoryId));
    expect(await codeOf(node.keeper("create-repository", foreign))).toBe("repository-exists");
  });

  it("tells a wrong passphrase, a missing archive, a missing client and a bad request apart", async () => {
    expect(await codeOf(node.keeper("list-archives", { ...named(), passphrase: "wrong" }))).toBe(
      "passphrase-wrong",
    );
    expect(await codeOf(node.keeper("describe-archive", { ...named(), archiveName: "nope" }))).toBe(
      "archive-missing",
    );
    expect(
      await codeOf(
        node.keeper("create-repository", { ...named(), repositoryId: "tiny", quotaBytes: 9_999_999 }),
      ),
    ).toBe("bad-request");
    expect(await codeOf(node.keeper("list-archives", { ...named(), repositoryId: "0000" }))).toBe(
      "repository-missing",
    );
    expect(
      await codeOf(node.keeper("create-repository", { ...named(), clientId: "nobody", quotaBytes: null })),
    ).toBe("client-missing");
    for (const line of [
      "",
      "{}",
      "no json",
      '{"verb":"rm","input":{}}',
      '{"verb":"end-sessions","input":{"clientId":"../x"}}',
    ])
      expect(JSON.parse(await say(node, line))).toMatchObject({ ok: false, code: "bad-request" });
  });

  it.each([
    [
      "the description of an archive",
      () => ["describe-archive", { ...named(), archiveName: "odd" }] as const,
    ],
    ["a folder", () => ["list-folder", { ...named(), archiveName: "odd", path: "", limit: 100 }] as const],
    ["the list of archives", () => ["list-archives", named()] as const],
  ])("ends borg when whoever asked for %s goes away, and the repository is free", async (_, asking) => {
    const running = async () =>
      (await runProgram("pgrep", ["-u", `bbv-${client.id}`, "-f", "borg"])).out.trim();
    const leave = new AbortController();
    const [verb, input] = asking();
    const asked = codeOf(node.keeper(verb, input, { signal: leave.signal }));
    await until("borg runs as bbv", async () => (await running()) !== "", { everyMs: 5 });
    leave.abort();
    expect(await asked).toBe("cancelled");
    await until("borg has ended", async () => (await running()) === "");
    await create(`after-${verb}`, "/etc/hostname");
  });
});

/** Bytes of the folders themselves, which `du -sb` counts and we do not. */
function folderBytes(path: string): number {
  const folders = execFileSync("find", [path, "-type", "d", "-printf", "%s\\n"], { encoding: "utf8" });
  return folders
    .trim()
    .split("\n")
    .reduce((sum, bytes) => sum + Number(bytes), 0);
}

function say(node: StorageNode, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(join(node.data, "run/keeper.sock"));
    let text = "";
    socket.on("data", (piece) => {
      text += String(piece);
    });
    socket.once("error", reject);
    socket.once("close", () => resolve(text));
    socket.write(`${line}\n`);
  });
}
