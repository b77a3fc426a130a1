import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "@playwright/test";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ClientMachine, enrolMachine, tokenOf } from "../support/client-machine";
import { writeRandomTree } from "../support/random-tree";
import { type RealStack, startRealStack } from "../support/real-stack";
import { untilListening } from "../support/sign-in-page";
import { until } from "../support/until";

const work = mkdtempSync(join(tmpdir(), "bbs-browser-"));
const source = join(work, "files");
let stack: RealStack;
let browser: Browser;
let page: Page;
let machine: ClientMachine | undefined;
const complaints: string[] = [];

beforeAll(async () => {
  writeRandomTree(source, { megabytes: 300 });
  writeFileSync(join(source, "letter.txt"), "Dear reader,\n");
  stack = await startRealStack({ withoutAdmin: true });
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  page = await browser.newPage({ ignoreHTTPSErrors: true, baseURL: stack.url });
  page.setDefaultTimeout(30_000);
  page.on("pageerror", (error) => complaints.push(String(error)));
});
afterAll(async () => {
  await browser?.close();
  await machine?.stop();
  await stack?.stop();
  rmSync(work, { recursive: true, force: true });
});

test("the one-time link makes the first admin and signs them in", async () => {
  const link = () => /https:\/\/\S+\/setup\?token=\S+/.exec(stack.printed())?.[0];
  await until("the link is printed", () => link() !== undefined);
  await page.goto(link() ?? "");
  await untilListening(page, "Make the admin and sign in");
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("Ada Admin");
  await page.getByRole("textbox", { name: "E-mail" }).fill(stack.email);
  await page.getByLabel("Password").fill(stack.password);
  await page.getByRole("button", { name: "Make the admin and sign in" }).click();
  await page.waitForURL(`${stack.url}/`);

  const stranger = await browser.newPage({ ignoreHTTPSErrors: true });
  await stranger.goto(link() ?? "");
  await stranger.getByRole("link", { name: "Sign in" }).waitFor();
  await stranger.close();
});

test("the pasted line's token enrols a machine, and the page turns green by itself", async () => {
  await page.goto("/clients/new");
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("web-01");
  await page.getByRole("button", { name: "Make the line to paste" }).click();
  const line = await page.locator("code", { hasText: "bbse_" }).first().textContent();
  // Lost by any reload: what follows must come to the page by itself.
  await page.evaluate(() => document.body.setAttribute("data-same-page", ""));
  machine = await enrolMachine(stack, { name: "web-01", token: tokenOf(line ?? "") });
  machine.start();
  await page.getByRole("link", { name: "Make a repository" }).waitFor();
  expect(await page.locator("body[data-same-page]").count()).toBe(1);
});

test("a repository and a plan are made", async () => {
  await page.getByRole("link", { name: "Make a repository" }).click();
  await page.getByRole("button", { name: "Make the repository" }).click();
  await page.waitForURL(/\/repositories\/[a-z0-9]{16}$/);
  await page.getByText(/ready/i).first().waitFor();

  await page.goto("/plans/new");
  const directories = page.getByRole("textbox", { name: "Directories, line 1" });
  await directories.waitFor();
  // The page fills in the machine's one repository once it listens to us.
  await page.getByText("Choose a repository").waitFor({ state: "hidden" });
  await directories.fill(source);
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("Letters");
  await page.getByRole("button", { name: "Save the plan" }).click();
  await page.waitForURL(/\/plans\/[a-z0-9]{16}/);
});

test("Back up now shows live progress and then what came of it", async () => {
  await page.getByRole("button", { name: "Back up now" }).click();
  await page.waitForURL(/\/jobs\/[a-z0-9]{16}/);
  await page.getByRole("progressbar", { name: "Progress" }).waitFor();
  await page
    .locator("code", { hasText: /random-\d+/ })
    .first()
    .waitFor();
  await page.getByRole("heading", { name: "What came of it" }).waitFor();
});

test("a file ticked in the archive is restored, and the report says where it is", async () => {
  await page.getByRole("link", { name: "Archives of main" }).click();
  await page
    .getByRole("link", { name: /^Letters-/i })
    .first()
    .click();
  await page.waitForURL(/\/archives\/[a-z0-9]{16}/);
  for (const folder of source.split("/").filter(Boolean))
    await page.getByRole("button", { name: new RegExp(`^${folder}\\s*, folder$`) }).click();
  await page.getByRole("checkbox", { name: "Select letter.txt" }).click();
  await page.getByRole("link", { name: "Restore selection" }).click();
  await page.getByRole("button", { name: "Next: where to" }).click();
  await page.getByRole("button", { name: /^Next/ }).click();
  await page.getByRole("button", { name: "Start the restore" }).click();
  await page.waitForURL(/\/jobs\/[a-z0-9]{16}/);
  await page.getByRole("heading", { name: "Report" }).waitFor();
  const folder = await page
    .locator("code", { hasText: machine?.restoreFolder ?? "?" })
    .last()
    .textContent();
  expect(readFileSync(join(folder ?? "", source, "letter.txt"), "utf8")).toBe("Dear reader,\n");
});

test("a page that is open while the server restarts goes on by itself", async () => {
  await page.goto("/clients");
  await page.getByText("live", { exact: true }).first().waitFor();
  await page.evaluate(() => document.body.setAttribute("data-same-page", ""));
  await stack.killHard("web");
  await page
    .getByText(/^stale since/)
    .first()
    .waitFor();
  await page.getByText("live", { exact: true }).first().waitFor();
  // Past the page's own code, so that only the server can have told it.
  const status = await page.evaluate(async () => {
    const id = document
      .querySelector('a[href^="/clients/"]:not([href$="/new"])')
      ?.getAttribute("href")
      ?.split("/")[2];
    const body = JSON.stringify({ json: { id, name: "web-renamed" } });
    const token = /bbs\.csrf=([^;]+)/.exec(document.cookie)?.[1] ?? "";
    const headers = { "content-type": "application/json", "x-bbs-csrf": token };
    return (await fetch("/api/trpc/clients.rename", { method: "POST", headers, body })).status;
  });
  expect(status).toBe(200);
  await page.getByRole("link", { name: "web-renamed" }).first().waitFor();
  expect(await page.locator("body[data-same-page]").count()).toBe(1);
});

test("no script of the console failed on the way", () => {
  expect(complaints).toEqual([]);
});
