import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "@playwright/test";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ClientMachine, startClientMachine } from "../support/client-machine";
import { type RealStack, startRealStack } from "../support/real-stack";
import { signInHere } from "../support/sign-in-page";
import { until } from "../support/until";

/** What a person sees of a live machine: its folders, what a plan would take, what patterns leave out, what no plan covers. */
const work = mkdtempSync(join(tmpdir(), "bbs-looks-"));
const tree = join(work, "tree");
let stack: RealStack;
let machine: ClientMachine;
let browser: Browser;
let page: Page;
let repositoryId = "";
let planId = "";
const complaints: string[] = [];

beforeAll(async () => {
  const write = (name: string, bytes: number) => {
    mkdirSync(join(tree, name, ".."), { recursive: true });
    writeFileSync(join(tree, name), Buffer.alloc(bytes, 1));
  };
  write("photos/one.jpg", 3_000_000);
  write("photos/two.tmp", 20_000);
  write("papers/letter.txt", 1200);
  write("<i>slanted/inside", 10);
  symlinkSync("/etc", join(tree, "leads out"));
  stack = await startRealStack();
  machine = await startClientMachine(stack, { name: "web-01", policy: { readPaths: [work] } });
  const { clientId } = machine;
  ({ id: repositoryId } = await stack.bbs.repositories.create.mutate({
    ...{ clientId, name: "main", quotaBytes: null },
  }));
  ({ id: planId } = await stack.bbs.plans.create.mutate({
    ...{ clientId, repositoryId, name: "Papers", sources: [join(tree, "papers")], excludes: [] },
    ...{ compression: "lz4", oneFileSystem: false, excludeCaches: false, keep: null },
  }));
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  const context = await browser.newContext({ ignoreHTTPSErrors: true, baseURL: stack.url });
  page = await context.newPage();
  page.setDefaultTimeout(30_000);
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto("/sign-in");
  await signInHere(page, stack);
  await page.getByRole("heading", { name: "Overview", exact: true }).waitFor();
});
afterAll(async () => {
  expect(complaints).toEqual([]);
  await browser?.close();
  await machine?.stop();
  await stack?.stop();
  rmSync(work, { recursive: true, force: true });
});

test("a machine that allows nothing says so, with the line for its policy", async () => {
  await page.goto(`/clients/${machine.clientId}/disk`);
  await page.getByText("web-01 does not let anybody look at its files").first().waitFor();
  await page.getByText('"browse": true').first().waitFor();
  machine.changePolicy({ browse: true });
  // It would tell by itself within a minute.
  await machine.killHard();
  machine.start();
  const allowed = async () => (await stack.bbs.clients.get.query({ id: machine.clientId })).policy?.browse;
  await until("the machine told its new policy", async () => (await allowed()) === true);
});

test("folders open with the keyboard, the address says where one is, links stay closed", async () => {
  await page.goto(`/clients/${machine.clientId}/disk`);
  await page.getByRole("button", { name: work }).click();
  await page.getByRole("button", { name: /^tree/ }).click();
  await page.getByRole("button", { name: /^photos/ }).waitFor();
  // A name is shown as it is, never as a page.
  await page.getByRole("button", { name: /^<i>slanted/ }).waitFor();
  expect(await page.getByRole("button", { name: /leads out/ }).count()).toBe(0);
  await page.getByText("leads out").waitFor();
  await page.getByRole("button", { name: /^photos/ }).focus();
  await page.keyboard.press("Enter");
  await page.getByText("one.jpg").waitFor();
  expect(page.url()).toContain("at=");
  await page.reload();
  await page.getByText("one.jpg").waitFor();
  await page.keyboard.press("Backspace");
  await page.getByRole("button", { name: /^papers/ }).waitFor();
  const { items } = await stack.bbs.journal.list.query({ limit: 5 });
  expect(items.map(({ say }) => say)).toContain(`Looked into ${join(tree, "photos")} on web-01.`);
});

test("a dry run of a plan counts, and names what is largest", async () => {
  await page.goto(`/plans/${planId}`);
  await page.getByRole("button", { name: "Dry run", exact: true }).click();
  await page.getByText("A backup would take").waitFor();
  await page.getByText("1 file and 1 folder").waitFor();
  await page.getByText(join(tree, "papers", "letter.txt")).waitFor();
  expect(page.url()).toContain("dry-run=");
});

test("directories are picked from the machine's tree, and patterns are tried as one types", async () => {
  await page.goto(`/plans/${planId}/edit`);
  await page.getByRole("button", { name: "Choose on the machine" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: work }).click();
  await dialog.getByRole("button", { name: /^tree/ }).click();
  await dialog.getByRole("checkbox", { name: "Choose photos" }).click();
  await dialog.getByRole("button", { name: "Take 2 directories" }).click();
  const second = page.getByRole("textbox", { name: "Directories, line 2" });
  await second.waitFor();
  expect(await second.inputValue()).toBe(join(tree, "photos"));

  await page.getByRole("button", { name: "Test on the machine" }).click();
  await page.getByText("in 3 files now").waitFor();
  await page.getByRole("textbox", { name: "Patterns to leave out, line 1" }).fill("*.tmp");
  await page.getByText("in 2 files now").waitFor();
  await page.getByRole("region", { name: "Left out" }).getByText("*.tmp").click();
  await page.getByText(join(tree, "photos", "two.tmp")).waitFor();
  await page.getByRole("textbox", { name: "Patterns to leave out, line 1" }).fill("*.never");
  await page.getByText("matches nothing there").waitFor();
});

test("what no plan covers is listed, added with one click, or said to need nothing", async () => {
  const { clientId } = machine;
  machine.changePolicy({ readPaths: [work, "/etc", "/srv"] });
  await page.goto(`/clients/${clientId}`);
  const gaps = page.getByRole("region", { name: "Not covered" });
  const search = gaps.getByRole("button", { name: /Search/ });
  // The worker may be searching by itself already, with the policy from before.
  const found = gaps.getByText("/etc", { exact: true });
  await until("the search found it", async () => {
    if (await found.isVisible()) return true;
    if (await search.isEnabled()) await search.click().catch(() => undefined);
    return false;
  });
  await gaps.getByRole("button", { name: "Add to Papers" }).first().click();
  await found.waitFor({ state: "hidden" });
  const plan = await stack.bbs.plans.get.query({ id: planId });
  expect(plan.sources).toContain("/etc");
});
