import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { archiveOf } from "../support/backup-story";
import { type ClientMachine, enrolMachine, tokenOf } from "../support/client-machine";
import { bringTo, makeForeign } from "../support/foreign-repository";
import { freePort } from "../support/free-port";
import { type RealStack, startRealStack } from "../support/real-stack";
import { until } from "../support/until";

const work = mkdtempSync(join(tmpdir(), "bbs-cli-"));
const source = join(work, "files");
let stack: RealStack;
let machine: ClientMachine | undefined;

interface Ended {
  code: number;
  out: string;
  error: string;
}

/** Runs a built command to its end, with standard input closed. */
function command(
  program: "bbs" | "bbs-admin",
  words: string[],
  more: Record<string, string> = {},
  input = "",
): Promise<Ended> {
  const file = fileURLToPath(new URL(`../../dist/${program}.mjs`, import.meta.url));
  const env = { ...stack.environment, ...more };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [file, ...words], { env }, (error, out, problem) =>
      resolve({ code: typeof error?.code === "number" ? error.code : error ? -1 : 0, out, error: problem }),
    );
    child.stdin?.end(input);
  });
}

const connection = () => ({ BBS_URL: stack.url, BBS_TOKEN: stack.token, BBS_FINGERPRINT: stack.fingerprint });
const bbs = (...words: string[]) => command("bbs", words, connection());
async function json<T>(...words: string[]): Promise<T> {
  const { code, out, error } = await bbs(...words, "--json");
  if (code !== 0) throw new Error(`bbs ${words.join(" ")} ended with ${code}: ${error}`);
  return JSON.parse(out) as T;
}

const foreign = makeForeign({ encryption: "repokey-blake2", inside: work });

beforeAll(async () => {
  stack = await startRealStack();
  // Long before it is asked for: the server looks for such folders once a minute.
  bringTo(foreign, join(stack.dataDir, "import"), "old");
});
afterAll(async () => {
  await machine?.stop();
  await stack?.stop();
  rmSync(work, { recursive: true, force: true });
});

test("the whole story is told from the command line", async () => {
  const added = await json<{ id: string; enrolment: { command: string } }>("client", "add", "web-01");
  machine = await enrolMachine(stack, { name: "web-01", token: tokenOf(added.enrolment.command) });
  machine.start();
  await until(
    "the machine is online",
    async () => (await json<{ state: string }>("client", "show", "WEB-01")).state === "online",
  );
  expect((await bbs("repository", "create", "main", "--client", "web-01", "--watch")).code).toBe(0);
  writeTree();
  const plan = ["plan", "create", "letters", "--client", "web-01", "--source", source];
  await json(...plan);

  const run = await bbs("plan", "run", "letters", "--watch", "--json");
  expect(run).toMatchObject({ code: 0, error: "" });
  const events = run.out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { type: string; job: { id: string; state: string } });
  const last = events.at(-1);
  expect(last).toMatchObject({ type: "end", job: { state: "succeeded" } });
  const archive = await archiveOf(stack.bbs, last?.job.id ?? "");
  expect(await json("archive", "list", "--plan", "web-01/letters")).toMatchObject([{ name: archive.name }]);
  const { entries } = await json<{ entries: { name: string }[] }>("archive", "files", archive.name, source);
  expect(entries.map((entry) => Buffer.from(entry.name, "base64").toString())).toEqual(["letter"]);

  const words = ["restore", "--archive", archive.name, "--path", join(source, "letter"), "--watch"];
  const restored = await bbs(...words);
  expect(restored.code).toBe(0);
  const folder = /to (\/\S+); 0 skipped/.exec(restored.out)?.[1] ?? "";
  expect(readFileSync(join(folder, source, "letter"), "utf8")).toBe("Dear reader,\n");
});

test("an archive is protected, previewed and kept out of the trash, and the journal of it verifies", async () => {
  const [archive] = await json<{ name: string }[]>("archive", "list");
  const name = archive?.name ?? "";
  expect((await bbs("archive", "protect", name, "--watch")).code).toBe(0);
  expect(await json("archive", "list")).toMatchObject([{ name, isProtected: true, trashedAt: null }]);
  expect((await bbs("archive", "remove", name, "--confirm", name)).code).toBe(3);
  expect((await bbs("archive", "protect", name, "--off", "--watch")).code).toBe(0);
  // It is the only one: the keeper's own floor keeps it, whoever asks.
  const removed = await bbs("archive", "remove", name, "--confirm", name, "--watch");
  expect(removed).toMatchObject({ code: 1, error: expect.stringContaining(`${name} stays.`) });
  expect(await json("archive", "list", "--trashed")).toEqual([]);

  const preview = await bbs("plan", "keep", "letters", "--daily", "7", "--dry-run");
  expect(preview.out).toMatch(/stays +.*never removed/);
  const kept = await bbs("plan", "keep", "letters", "--daily", "7", "--weekly", "4");
  expect(kept).toMatchObject({ code: 0, out: "letters keeps 7 daily and 4 weekly.\n" });

  const verified = await command("bbs-admin", ["journal", "verify", "--json"]);
  expect(verified).toMatchObject({ code: 0, error: "" });
  expect(JSON.parse(verified.out)).toMatchObject({
    intact: true,
    headHash: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
});

test("tables are for people, lists in JSON for programs", async () => {
  const { out } = await bbs("client", "list");
  expect(out).toMatch(/^NAME +STATE +OS/);
  expect(out).toContain("web-01");
  expect(await json<{ name: string }[]>("client", "list")).toMatchObject([{ name: "web-01" }]);
  expect(await json<{ kind: string }[]>("job", "list", "--state", "succeeded")).not.toHaveLength(0);
});

test("a job that fails ends the command with 1 and says why", async () => {
  await json("plan", "create", "gone", "--client", "web-01", "--source", join(work, "gone"));
  const run = await bbs("plan", "run", "gone", "--watch");
  expect(run.code).toBe(1);
  expect(run.error).toContain(join(work, "gone"));
});

test("a wrong command line ends with 2", async () => {
  for (const words of [
    ["client", "explode"],
    ["plan", "create", "x", "--client", "web-01"],
    ["restore", "--archive", "x", "--to", "there"],
    ["client", "remove", "web-01"],
    ["plan", "keep", "letters"],
    ["plan", "keep", "letters", "--everything", "--daily", "7"],
    ["plan", "keep", "letters", "--daily", "many"],
  ])
    expect(await bbs(...words)).toMatchObject({ code: 2, out: "", error: expect.stringMatching(/\S/) });
});

test("a refusal ends with 3, its code in JSON on standard error", async () => {
  const twice = await bbs("client", "add", "web-01", "--json");
  expect(twice).toMatchObject({ code: 3, out: "" });
  expect(JSON.parse(twice.error)).toMatchObject({ error: { code: "name-taken" } });
  expect((await bbs("client", "show", "nobody")).code).toBe(3);
  expect((await bbs("client", "remove", "web-01", "--confirm", "web-02")).code).toBe(3);
  expect((await command("bbs", ["client", "list"], { ...connection(), BBS_TOKEN: "bbs_wrong" })).code).toBe(
    3,
  );
});

test("a server that is not there, or is another one, ends with 4", async () => {
  const nowhere = { ...connection(), BBS_URL: `https://127.0.0.1:${await freePort()}` };
  expect(await command("bbs", ["client", "list"], nowhere)).toMatchObject({
    code: 4,
    error: expect.stringContaining("ECONNREFUSED"),
  });
  const other = { ...connection(), BBS_FINGERPRINT: "ab".repeat(32) };
  expect(await command("bbs", ["client", "list"], other)).toMatchObject({
    code: 4,
    error: expect.stringMatching(/another certificate/),
  });
});

test("login keeps the connection for this account alone", async () => {
  const login = await command("bbs", [
    "login",
    "--url",
    stack.url,
    "--token",
    stack.token,
    "--fingerprint",
    stack.fingerprint,
  ]);
  expect(login).toMatchObject({ code: 0, error: "" });
  const file = join(stack.environment.XDG_CONFIG_HOME ?? "", "bbs/config.json");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect((await command("bbs", ["client", "list"])).out).toContain("web-01");
});

test("a token made on the command line works until it is revoked", async () => {
  const made = await json<{ id: string; token: string }>("token", "create", "nightly", "--expires", "30");
  const withIt = () => command("bbs", ["plan", "list"], { ...connection(), BBS_TOKEN: made.token });
  expect((await withIt()).code).toBe(0);
  await json("token", "revoke", "nightly");
  expect((await withIt()).code).toBe(3);
});

test("bbs-admin refuses a second first admin, and says what it cannot reach", async () => {
  const setup = ["setup", "--email", "eve@example.org", "--name", "Eve", "--password-stdin"];
  expect(await command("bbs-admin", setup, {}, "long enough password")).toMatchObject({
    code: 3,
    error: expect.stringContaining("has an admin already"),
  });
  expect((await command("bbs-admin", ["setup-link"])).code).toBe(3);
  expect((await command("bbs-admin", ["status"])).out).toMatch(/database answers/);
  const elsewhere = await command("bbs-admin", ["status"], { BBS_DATA: join(work, "nothing") });
  expect(elsewhere).toMatchObject({ code: 4, error: expect.stringMatching(/BBS_DATA/) });
});

test("a repository of before is read, then taken in, and the client gets a quota over both", async () => {
  const listed = () => json<{ candidates: { name: string }[] }>("repository", "import", "list");
  const isOffered = async () => (await listed()).candidates.some(({ name }) => name === "old");
  await until("the folder is offered", isOffered, { seconds: 75 });
  const words = ["repository", "import", "read", "old", "--client", "web-01", "--watch"];
  const wrong = await command("bbs", words, connection(), "wrong\n");
  expect(wrong).toMatchObject({ code: 1, error: expect.stringContaining("passphrase") });
  expect((await bbs("repository", "import", "leave", "old")).code).toBe(0);
  const read = await command("bbs", words, connection(), `${foreign.passphrase}\n`);
  expect(read, read.error).toMatchObject({ code: 0 });
  expect(await json("repository", "import", "show", "old")).toMatchObject({
    ...{ state: "checked", clientName: "web-01", found: { archiveCount: 2, encryption: "repokey-blake2" } },
  });
  expect((await bbs("repository", "import", "adopt", "old", "--watch")).code).toBe(0);
  const archives = () => json<{ name: string }[]>("archive", "list", "--repository", "web-01/old");
  await until("its archives are known", async () => (await archives()).length === 2, { seconds: 60 });
  expect((await archives()).map(({ name }) => name).sort()).toEqual(["old-1", "old-2"]);

  expect((await bbs("client", "quota", "web-01", "--hard", "1M")).code).toBe(3);
  expect((await bbs("client", "quota", "web-01", "--hard", "11M", "--soft", "10M", "--watch")).code).toBe(0);
  const both = { quotaBytes: 11 * 2 ** 20, softQuotaBytes: 10 * 2 ** 20 };
  expect(await json("client", "quota", "web-01")).toMatchObject(both);
  expect((await bbs("client", "quota", "web-01", "--hard", "none", "--watch")).code).toBe(0);
});

function writeTree(): void {
  mkdirSync(source);
  writeFileSync(join(source, "letter"), "Dear reader,\n");
}
