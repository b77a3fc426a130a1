import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "@playwright/test";
import { afterAll, beforeAll, expect, test } from "vitest";
import { archiveOf, backUp, jobEnded, makePlan, makeRepository } from "../support/backup-story";
import { type ClientMachine, startClientMachine } from "../support/client-machine";
import { writeRandomTree } from "../support/random-tree";
import { type RealStack, startRealStack } from "../support/real-stack";
import { signInHere } from "../support/sign-in-page";
import { until } from "../support/until";

/** The restore wizard in a real browser, with real agents and real borg: what a person presses is what lies on the disk afterwards. */
const work = mkdtempSync(join(tmpdir(), "bbs-wizard-"));
const source = join(work, "files");
const back = join(work, "back");
const letter = join(source, "letter.txt");
const inBack = (path: string) => join(back, path.slice(1));
let stack: RealStack;
let machine: ClientMachine | undefined;
let other: ClientMachine | undefined;
let browser: Browser;
let page: Page;
const archives: string[] = [];
const complaints: string[] = [];

beforeAll(async () => {
  chmodSync(work, 0o755);
  mkdirSync(back);
  writeRandomTree(join(source, "random"), { megabytes: 200 });
  stack = await startRealStack();
  machine = await startClientMachine(stack, {
    name: "web-01",
    policy: { restorePaths: [back] },
  });
  other = await startClientMachine(stack, { name: "web-02" });
  const { bbs } = stack;
  const repositoryId = await makeRepository(bbs, machine.clientId);
  const planId = await makePlan(bbs, {
    clientId: machine.clientId,
    repositoryId,
    sources: [source],
    name: "Letters",
  });
  for (const text of ["Monday\n", "Tuesday\n"]) {
    writeFileSync(letter, text);
    const job = await backUp(bbs, planId);
    archives.push((await archiveOf(bbs, job.id)).id);
  }
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  page = await browser.newPage({ ignoreHTTPSErrors: true, baseURL: stack.url });
  page.setDefaultTimeout(30_000);
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto("/sign-in");
  await signInHere(page, stack);
  await page.getByRole("heading", { name: "Overview", exact: true }).waitFor();
});

afterAll(async () => {
  await browser?.close();
  await machine?.stop();
  await other?.stop();
  await stack?.stop();
  rmSync(work, { recursive: true, force: true });
});

const press = (name: string | RegExp) => page.getByRole("button", { name }).click();
const choose = (name: string | RegExp) => page.getByRole("radio", { name }).click();
const report = () => page.getByRole("heading", { name: "Report" }).waitFor();

/** The wizard with a typed path of the newest archive chosen, on its third step, to write into a folder of our choice. */
async function typed(path: string): Promise<void> {
  await page.goto(`/restore?archive=${archives[1]}&find=path`);
  await page.getByText("live", { exact: true }).first().waitFor();
  await page.getByLabel("Path of a file or folder").fill(path);
  await press("Add");
  await page.getByText("1 chosen").waitFor();
  await press("Next: where to");
  await choose(/^A folder of my choice/);
  await page.getByRole("textbox", { name: /^Folder on/ }).fill(back);
  await press("Next: how");
}

test("an older version is found by its name and comes back into the restore folder", async () => {
  await page.goto(`/restore?client=${machine?.clientId}`);
  await page.getByText("live", { exact: true }).first().waitFor();
  await page.getByRole("searchbox", { name: "Name of a file or folder" }).fill("letter");
  await press("2 versions");
  const older = page.getByRole("list", { name: "Its versions" }).getByRole("listitem").last();
  await older.getByRole("button", { name: "Choose" }).click();
  await page.waitForURL(new RegExp(`archive=${archives[0]}`));
  await press("Next: where to");
  await press("Next: how");
  await page.getByText(/Nothing that exists is touched/).waitFor();
  await press("Start the restore");
  await report();
  const [folder = ""] = readdirSync(machine?.restoreFolder ?? "");
  expect(readFileSync(join(machine?.restoreFolder ?? "", folder, letter), "utf8")).toBe("Monday\n");
});

test("a version of another archive is chosen beside a folder, and takes the place of the newer one", async () => {
  await page.goto(`/restore?archive=${archives[1]}&find=search&q=letter`);
  await press("2 versions");
  const older = page.getByRole("list", { name: "Its versions" }).getByRole("listitem").last();
  await older.getByRole("button", { name: "Choose" }).click();
  await page.getByText("1 chosen").waitFor();
  await press("Type a path");
  await page.getByLabel("Path of a file or folder").fill(letter);
  await press("Add");
  // At one place only one version can lie.
  await page.getByText("1 chosen").waitFor();
  await press("Search all versions");
  await page.getByText("Chosen", { exact: true }).first().waitFor();
});

test("a dry run lists what would be written, and writes nothing until it is for real", async () => {
  await typed(letter);
  await press("List it");
  await page.getByRole("table", { name: "What would be written" }).getByText("new").waitFor();
  expect(existsSync(inBack(letter))).toBe(false);
  await page.reload();
  await page.getByRole("table", { name: "What would be written" }).waitFor();
  await press("Restore for real");
  await report();
  expect(readFileSync(inBack(letter), "utf8")).toBe("Tuesday\n");
});

test("only what is missing, both, or over what is there: as it was chosen", async () => {
  writeFileSync(inBack(letter), "Mine\n");
  await typed(letter);
  await choose(/^Only what is missing/);
  await press("Start the restore");
  await report();
  expect(readFileSync(inBack(letter), "utf8")).toBe("Mine\n");

  await typed(letter);
  await choose(/^Keep both/);
  await press("Start the restore");
  await report();
  expect(readFileSync(inBack(letter), "utf8")).toBe("Mine\n");
  const beside = readdirSync(inBack(source)).find((name) => /^letter \(restored .*\)\.txt$/.test(name));
  expect(readFileSync(join(inBack(source), beside ?? ""), "utf8")).toBe("Tuesday\n");
  await page.getByText("Compare the pairs").waitFor();

  await typed(letter);
  await choose(/^Overwrite/);
  const start = page.getByRole("button", { name: "Restore and replace" });
  expect(await start.isDisabled()).toBe(true);
  await page.getByLabel(/Type web-01/).fill("web-01");
  await start.click();
  await report();
  expect(readFileSync(inBack(letter), "utf8")).toBe("Tuesday\n");
});

test("what the policy of the machine forbids stands there disabled, with the line to change", async () => {
  await page.goto(`/restore?archive=${archives[1]}&all=true&step=where`);
  await page.getByText(/"restoreToOriginal": true/).waitFor();
  expect(await page.getByRole("radio", { name: /^The original place/ }).isDisabled()).toBe(true);
});

test("a restore that was cancelled lists what it wrote, and goes on when it is resumed", async () => {
  await page.goto(`/restore?archive=${archives[1]}&all=true&step=how`);
  await press("Start the restore");
  await page.waitForURL(/\/jobs\/[a-z0-9]+/);
  const restored = () => readdirSync(machine?.restoreFolder ?? "", { recursive: true }).map(String);
  await until("borg has written a file", () => restored().some((path) => /random-\d+$/.test(path)), {
    everyMs: 5,
  });
  // Held in the middle, so that it has not ended by itself before somebody can press a button.
  const held = machine?.borgPids() ?? [];
  for (const pid of held) process.kill(pid, "SIGSTOP");
  await press("Cancel");
  await press("Cancel the job");
  for (const pid of held) process.kill(pid, "SIGCONT");
  await page.getByRole("heading", { name: "What was written until then" }).waitFor();
  await page.getByText(/Resume goes on from here/).waitFor();
  const cancelled = page.url();
  await press("Resume");
  await page.waitForURL((url) => url.href !== cancelled && url.pathname.startsWith("/jobs/"));
  await report();
  const job = await jobEnded(stack.bbs, page.url().split("/").at(-1) ?? "");
  expect(job.state).toBe("succeeded");
  const place = job.result?.kind === "restore" ? (job.result.writtenTo ?? "") : "";
  expect(readFileSync(join(place, letter), "utf8")).toBe("Tuesday\n");
  for (const name of readdirSync(join(source, "random"))) {
    const [one, other] = [join(source, "random", name), join(place, source, "random", name)];
    expect(readFileSync(other).equals(readFileSync(one)), name).toBe(true);
  }
  await page.goto(`/clients/${machine?.clientId}`);
  await page
    .getByRole("table", { name: "Restores onto this client" })
    .getByText("Succeeded")
    .first()
    .waitFor();
});

test("another machine gets what was chosen and nothing else, in one story", async () => {
  await page.goto(`/restore?archive=${archives[0]}&find=path`);
  await page.getByLabel("Path of a file or folder").fill(letter);
  await press("Add");
  await press("Next: where to");
  await choose(/^Another machine/);
  await page.getByRole("combobox", { name: "Machine" }).click();
  await page.getByRole("option", { name: "web-02" }).click();
  await page.getByRole("radio", { name: /^Its restore folder/ }).waitFor();
  await press("Next: how");
  await page.getByText(/web-02 gets only what is chosen here/).waitFor();
  await press("Start the restore");
  await page.getByRole("heading", { name: "This restore goes to another machine" }).waitFor();
  await report();
  const place = other?.restoreFolder ?? "";
  const written = readdirSync(place, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  expect(written.map(({ name }) => name)).toEqual(["letter.txt"]);
  await page.getByRole("link", { name: "The parcel is taken away" }).waitFor();
});

test("no script of the console failed on the way", () => {
  expect(complaints).toEqual([]);
});
