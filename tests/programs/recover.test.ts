import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeRecoveryKeyPair } from "~/server/system/self-backup/recovery-key";
import { backUp, jobEnded, makePlan, makeRepository } from "~tests/support/backup-story";
import { type ClientMachine, startClientMachine } from "~tests/support/client-machine";
import { type RealStack, startRealStack } from "~tests/support/real-stack";
import { programRoot } from "~tests/support/supervisor-run";
import { until } from "~tests/support/until";

const asRoot = process.getuid?.() === 0;
let stack: RealStack;
let machine: ClientMachine;
let planId = "";
let folder = "";
let tree = "";
let file = "";
let paper = "";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "bbs-recover-"));
  tree = join(folder, "tree");
  mkdirSync(tree);
  writeFileSync(join(tree, "first"), "one ".repeat(50_000));
  stack = await startRealStack();
  machine = await startClientMachine(stack, { name: "web-01" });
  const repositoryId = await makeRepository(stack.bbs, machine.clientId);
  planId = await makePlan(stack.bbs, { clientId: machine.clientId, repositoryId, sources: [tree] });
  expect((await backUp(stack.bbs, planId)).state).toBe("succeeded");
}, 300_000);
afterAll(async () => {
  await machine?.stop();
  await stack?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** One `bbs-admin` command on this server. */
function admin(
  words: string[],
  { input = "", program = join(programRoot, "dist/bbs-admin.mjs"), data = "" } = {},
) {
  const env = { ...stack.environment, ...(data ? { BBS_DATA: data } : {}) };
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], {
    env,
    input,
    encoding: "utf8",
    cwd: "/",
  });
  return { code: status, out: stdout, said: `${stdout}${stderr}` };
}

const emptyData = () => join(mkdtempSync(join(stack.dataDir, "../..", "bbs-empty-")), "data");

describe("a backup of the server itself", () => {
  it("is refused as long as no recovery key was printed", () => {
    expect(admin(["self-backup", "now"])).toMatchObject({
      code: 3,
      said: expect.stringContaining("recovery-key new"),
    });
  });

  it("is made with a key that is printed once and kept nowhere", () => {
    const made = admin(["recovery-key", "new"]);
    paper = made.out.split("\n")[0] ?? "";
    expect(paper).toMatch(/^([A-Z2-7]{8}-){6}[A-Z2-7]{8}$/);
    expect(admin(["recovery-key", "new"]).said).toContain("There is a recovery key already");

    const { file: kept } = JSON.parse(admin(["self-backup", "now", "--json"]).out) as { file: string };
    expect(statSync(kept).mode & 0o777).toBe(0o600);
    if (asRoot) expect(statSync(kept).uid).toBe(0);
    file = join(folder, "kept.bbsbackup");
    copyFileSync(kept, file);
    expect(admin(["self-backup", "list"]).out).toContain(kept.split("/").at(-1));

    // Neither the secret half nor anything it protects is in the file or in what the server keeps.
    const secret = paper.replaceAll("-", "");
    const appKey = readFileSync(join(stack.dataDir, "secrets/app-key"), "utf8").trim();
    for (const text of [paper, secret, appKey, "web-01", "OPENSSH PRIVATE KEY"])
      expect(readFileSync(file).includes(text), text).toBe(false);
    const found = spawnSync("grep", ["-rlaF", "-e", paper, "-e", secret, stack.dataDir], {
      encoding: "utf8",
    });
    expect(found.stdout).toBe("");
  });

  it("is opened by its key and by no other; a cut file and a changed byte are named", () => {
    expect(admin(["recover", file, "--check"], { input: paper })).toMatchObject({ code: 0 });

    const other = "ABCDEFGH-".repeat(6).concat("ABCDEFGH");
    expect(admin(["recover", file, "--check"], { input: other }).said).toContain("holds no recovery key");
    const valid = makeRecoveryKeyPair().paper;
    expect(admin(["recover", file, "--check"], { input: valid }).said).toContain("does not open");
    const cut = join(folder, "cut");
    copyFileSync(file, cut);
    truncateSync(cut, Math.floor(statSync(file).size / 2));
    expect(admin(["recover", cut], { input: paper, data: emptyData() }).said).toContain("was cut off");
    const changed = join(folder, "changed");
    const bytes = readFileSync(file);
    const middle = Math.floor(bytes.length / 2);
    bytes[middle] = (bytes[middle] ?? 0) ^ 1;
    writeFileSync(changed, bytes);
    const data = emptyData();
    expect(admin(["recover", changed], { input: paper, data }).said).toContain("was changed");
    // Nothing was made of a file that is not whole.
    expect(existsSync(data)).toBe(false);
    expect(admin(["recover", join(programRoot, "package.json")], { input: paper, data }).said).toContain(
      "is not a self-backup",
    );
  });

  it("is not put over a server that is there, and not by a program older than its database", () => {
    expect(admin(["recover", file], { input: paper }).said).toContain("is not empty");

    const older = join(mkdtempSync(join(folder, "older-")));
    cpSync(join(programRoot, "dist/bbs-admin.mjs"), join(older, "dist/bbs-admin.mjs"));
    cpSync(join(programRoot, "drizzle"), join(older, "drizzle"), { recursive: true });
    symlinkSync(join(programRoot, "node_modules"), join(older, "node_modules"));
    const journal = join(older, "drizzle/meta/_journal.json");
    const known = JSON.parse(readFileSync(journal, "utf8")) as { entries: unknown[] };
    writeFileSync(journal, JSON.stringify({ ...known, entries: known.entries.slice(0, -1) }));
    expect(
      admin(["recover", file], {
        input: paper,
        data: emptyData(),
        program: join(older, "dist/bbs-admin.mjs"),
      }).said,
    ).toContain("whose database this older program does not know");
  });
});

describe("a server of which only that file and the repositories are left", () => {
  it("is rebuilt, and the same agent backs up and restores again without being touched", async () => {
    const accounts = () =>
      readFileSync("/etc/passwd", "utf8")
        .split("\n")
        .filter((line) => line.includes(machine.clientId));
    const before = { accounts: accounts(), agent: machine.pids() };
    const half = { said: "" };
    // Made after the file: only the repository and its vault know of it.
    writeFileSync(join(tree, "second"), "two ".repeat(50_000));
    expect(await backUp(stack.bbs, planId)).toMatchObject({ state: "succeeded" });
    await archives(2);

    await stack.rebuilt(async () => {
      for (const name of readdirSync(stack.dataDir))
        if (name !== "home" && name !== "vault") rmSync(join(stack.dataDir, name), { recursive: true });
      rmSync(join(stack.dataDir, "vault/self-backups"), { recursive: true });
      if (asRoot)
        for (const account of [`bbs-${machine.clientId}`, `bbv-${machine.clientId}`])
          execFileSync("userdel", ["-f", account], { stdio: "ignore" });

      await killedInTheMiddle();
      half.said = spawnSync(process.execPath, [join(programRoot, "dist/supervisor.mjs")], {
        env: stack.environment,
        encoding: "utf8",
      }).stderr;

      const done = admin(["recover", file], { input: paper });
      expect(done.said).toContain("Rebuilt as of");
      expect(done).toMatchObject({ code: 0 });
    });
    expect(half.said).toContain("was broken off. Run bbs-admin recover again");

    expect(accounts().sort()).toEqual(before.accounts.sort());
    expect(machine.pids()).toEqual(before.agent);
    // The token from before, over the certificate that was pinned before.
    await until(
      "the agent is back",
      async () => (await stack.bbs.clients.get.query({ id: machine.clientId })).state === "online",
      { seconds: 90 },
    );

    writeFileSync(join(tree, "third"), "three ".repeat(50_000));
    expect(await backUp(stack.bbs, planId)).toMatchObject({ state: "succeeded" });
    await archives(3);
    const { items } = await stack.bbs.archives.list.query({ limit: 10 });
    for (const { id } of items) {
      const { jobId } = await stack.bbs.restores.start.mutate({
        parts: [{ archiveId: id, paths: [] }],
        target: { kind: "restore-folder" },
        existing: "overwrite",
        owners: "keep",
        dryRun: false,
      });
      expect(await jobEnded(stack.bbs, jobId)).toMatchObject({ state: "succeeded" });
    }
    const found = execFileSync("grep", ["-rlF", "three three", machine.restoreFolder], { encoding: "utf8" });
    expect(found.trim().split("\n")).toHaveLength(1);
    expect(
      execFileSync("grep", ["-rlF", "one one", machine.restoreFolder], { encoding: "utf8" })
        .trim()
        .split("\n").length,
    ).toBeGreaterThan(1);
    expect(machine.pids()).toEqual(before.agent);
    expect(admin(["journal", "verify"])).toMatchObject({ code: 0 });
    expect(admin(["keys", "verify"])).toMatchObject({ code: 0 });
  }, 300_000);

  const archives = (count: number) =>
    until(
      `${count} archives stand in the ledger`,
      async () => (await stack.bbs.archives.list.query({ limit: 10 })).items.length === count,
      { seconds: 60 },
    );

  /** A recovery that is killed while it writes the database. */
  async function killedInTheMiddle() {
    const child = spawn(process.execPath, [join(programRoot, "dist/bbs-admin.mjs"), "recover", file], {
      env: stack.environment,
      cwd: "/",
      stdio: ["pipe", "ignore", "pipe"],
    });
    child.stdin.end(paper);
    let said = "";
    child.stderr.on("data", (piece) => {
      said += piece;
    });
    await until("it writes the database", () => said.includes("Database"));
    await until("PostgreSQL runs", () => existsSync(join(stack.dataDir, "postgres/postmaster.pid")));
    child.kill("SIGKILL");
    await until("it is gone", () => child.signalCode !== null);
  }
});
