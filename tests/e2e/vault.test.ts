import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runBbs } from "~/cli/run-bbs";
import { archiveOf, backUp, jobEnded, makePlan, makeRepository } from "../support/backup-story";
import { type ClientMachine, startClientMachine } from "../support/client-machine";
import { passphraseOf } from "../support/open-repository";
import { type RealStack, startRealStack } from "../support/real-stack";
import { until } from "../support/until";

const work = mkdtempSync(join(tmpdir(), "bbs-vault-"));
const source = join(work, "files");
let stack: RealStack;
let machine: ClientMachine;
let repositoryId: string;
let planId: string;

beforeAll(async () => {
  mkdirSync(source);
  writeFileSync(join(source, "letter"), "Dear Ada");
  stack = await startRealStack();
  machine = await startClientMachine(stack);
  repositoryId = await makeRepository(stack.bbs, machine.clientId);
  planId = await makePlan(stack.bbs, { clientId: machine.clientId, repositoryId, sources: [source] });
});
afterAll(async () => {
  await machine?.stop();
  await stack?.stop();
  rmSync(work, { recursive: true, force: true });
});

const vault = () => stack.bbs.vault.get.query({ repositoryId });

test("a new repository's key is in escrow before its first backup", async () => {
  await until("the key is in escrow", async () => (await vault()).escrowedAt !== null);
  const { text } = await stack.bbs.vault.paperKey.mutate({ repositoryId });
  expect(text).toContain("BORG PAPER KEY v1");
});

test("a backup is audited and sealed at once, and enters the ledger with our time", async () => {
  const before = Date.now();
  const job = await backUp(stack.bbs, planId);
  expect(job).toMatchObject({ state: "succeeded", problem: null });
  const archive = await archiveOf(stack.bbs, job.id);
  expect(archive.observedAt.getTime()).toBeGreaterThanOrEqual(before);
  expect(archive.observedAt.getTime()).toBeLessThanOrEqual(Date.now());
  await until("it is sealed", async () => ((await vault()).state?.seals.at(-1)?.archives ?? 0) >= 1);
  const { state, incident } = await vault();
  expect(state).toMatchObject({ hold: null, unaudited: 0 });
  expect(incident).toBeNull();
  await until("its numbers are known", async () => {
    const { items } = await stack.bbs.archives.list.query({ repositoryId });
    return items[0]?.fileCount !== null;
  });
  const sessions = await stack.bbs.vault.sessions.query({ repositoryId });
  expect(sessions.items.some((one) => one.writing && one.transactionAfter !== null)).toBe(true);
});

/** borg by hand on the machine, with its key and the passphrase: what a person, or who stole both, can do. */
async function borgByHand(...words: string[]): Promise<void> {
  const { url } = await stack.bbs.repositories.get.query({ id: repositoryId });
  // As the agent pins them.
  const hosts = `-o HostKeyAlias=bbs-storage -o UserKnownHostsFile=${join(machine.folder, "known_hosts")}`;
  const env = {
    PATH: process.env.PATH,
    NODE_ENV: "production" as const,
    LANG: "C.UTF-8",
    BORG_BASE_DIR: join(work, "by-hand"),
    BORG_REPO: url,
    BORG_PASSPHRASE: await passphraseOf(stack, repositoryId),
    BORG_RSH: `ssh -F /dev/null -T -i ${join(machine.folder, "id_ed25519")} ${hosts}`,
  };
  execFileSync("borg", words, { env, stdio: ["ignore", "ignore", "inherit"] });
}

test("a session that no job began is audited as soon as it ends, and its archive enters the ledger", async () => {
  await borgByHand("create", "::by-hand", source);
  const find = async () =>
    (await stack.bbs.archives.list.query({ repositoryId })).items.find((one) => one.name === "by-hand");
  await until("it stands in the ledger", async () => (await find()) !== undefined);
  expect(await find()).toMatchObject({ planId: null, jobId: null });
  const [session] = (await stack.bbs.vault.sessions.query({ repositoryId })).items.filter(
    (one) => one.writing,
  );
  const { items } = await stack.bbs.jobs.list.query({ repositoryId, kinds: ["audit"] });
  const endedAt = session?.endedAt?.getTime() ?? Number.NaN;
  const waited = items.map((one) => one.createdAt.getTime() - endedAt).filter((ms) => ms >= 0);
  expect(Math.min(...waited)).toBeLessThan(2000);
});

/**
 * Writes a segment that holds one commit and nothing else behind the last one, as code that runs under the client's own account could do
 * without the gate.
 */
function forgeCommit(): void {
  const account = `bbs-${machine.clientId}`;
  const data = join(stack.dataDir, "home", machine.clientId, "repos", repositoryId, "data", "0");
  const last = Math.max(...readdirSync(data).map(Number));
  const entry = Buffer.alloc(9);
  entry.writeUInt32LE(9, 4);
  entry.writeUInt8(2, 8);
  entry.writeUInt32LE(crc32(entry.subarray(4)), 0);
  const segment = Buffer.concat([Buffer.from("BORG_SEG"), entry]);
  const script = 'cat > "$1"';
  execFileSync("runuser", ["-u", account, "--", "sh", "-c", script, "sh", join(data, String(last + 1))], {
    input: segment,
  });
}

const asRoot = test.skipIf(process.getuid?.() !== 0);

asRoot("a transaction that no session made is found, held, and rolled back from the console", async () => {
  forgeCommit();
  const { jobId: auditId } = await stack.bbs.vault.audit.mutate({ repositoryId });
  expect(await jobEnded(stack.bbs, auditId)).toMatchObject({
    state: "warned",
    problem: { code: "not-clean" },
  });
  const { incident } = await vault();
  expect(incident?.evidence.map((one) => one.kind)).toContain("commit-unledgered");
  const incidentId = incident?.id ?? "";
  expect((await stack.bbs.vault.incident.query({ id: incidentId })).review?.archivesThen).toHaveLength(2);
  await expect(stack.bbs.plans.run.mutate({ id: planId })).rejects.toMatchObject({
    code: "repository-quarantined",
  });
  const { needsYou } = await stack.bbs.overview.get.query();
  expect(needsYou[0]).toMatchObject({ incidentId });

  const { jobId } = await stack.bbs.vault.rollBack.mutate({ incidentId, typedName: "main" });
  const rolledBack = await jobEnded(stack.bbs, jobId);
  expect(rolledBack).toMatchObject({ state: "succeeded", problem: null });
  expect(await vault()).toMatchObject({ incident: null, state: { hold: null } });
  expect(await stack.bbs.vault.incident.query({ id: incidentId })).toMatchObject({
    resolution: "rolled-back",
    resolvedByName: "Ada Admin",
  });

  writeFileSync(join(source, "letter"), "Dear Ada, we are back");
  const next = await backUp(stack.bbs, planId);
  expect(next).toMatchObject({ state: "succeeded", problem: null });
  await archiveOf(stack.bbs, next.id);
  const journal = await stack.bbs.journal.list.query({});
  const actions = journal.items.map((one) => one.action);
  for (const action of ["vault.hold", "vault.roll-back.asked", "vault.roll-back"])
    expect(actions).toContain(action);
});

/** Runs a `bbs` command line and gives what it answers as JSON. */
async function bbs(...words: string[]): Promise<unknown> {
  const out: string[] = [];
  const errors: string[] = [];
  const connection = ["--url", stack.url, "--token", stack.token, "--fingerprint", stack.fingerprint];
  const code = await runBbs([...connection, "vault", ...words, "--json"], {
    out: (text) => out.push(text),
    error: (text) => errors.push(text),
  });
  if (code !== 0) throw new Error(`bbs vault ${words.join(" ")} ended with ${code}: ${errors.join("")}`);
  return JSON.parse(out.join(""));
}

asRoot("the command line tells and does the same", async () => {
  expect(await bbs("list")).toMatchObject([{ name: "main", incident: null, state: { hold: null } }]);
  expect(await bbs("show", "main")).toMatchObject({
    clientName: machine.name,
    escrowedAt: expect.any(String),
  });
  const incidents = await bbs("incidents", "--repository", "main");
  expect(incidents).toMatchObject([{ resolution: "rolled-back", resolvedByName: "Ada Admin" }]);
  expect(await bbs("incidents", "--open")).toEqual([]);
  expect(await bbs("paper-key", "main")).toMatchObject({ text: expect.stringContaining("BORG PAPER KEY") });
  expect(await bbs("rules", "main")).toMatchObject({ rules: { trashDays: 7 } });
  const changed = (await bbs("rules", "main", "--trash-days", "14")) as { jobId: string };
  expect(await jobEnded(stack.bbs, changed.jobId)).toMatchObject({ state: "succeeded" });
  expect(await bbs("rules", "main")).toMatchObject({ rules: { trashDays: 14 }, rulesPending: null });
  const audit = (await bbs("audit", "main")) as { jobId: string };
  expect(await jobEnded(stack.bbs, audit.jobId)).toMatchObject({ state: "succeeded" });
  const compact = (await bbs("compact", "main")) as { jobId: string };
  // Nothing is in the trash: the keeper says so instead of rewriting segments for nothing.
  expect(await jobEnded(stack.bbs, compact.jobId)).toMatchObject({
    ...{ state: "failed", problem: { code: "not-allowed", say: expect.stringContaining("trash") } },
  });
  await expect(bbs("roll-back", "main", "--confirm", "main")).rejects.toThrow("no open incident");
  await expect(bbs("accept", "main", "--reason", "x", "--confirm", "main")).rejects.toThrow("not-found");
});
