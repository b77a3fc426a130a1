import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "@playwright/test";
import type { AxeResults } from "axe-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openPool, type Pool } from "~/server/db";
import { archiveOf, backUp, makePlan, makeRepository } from "../support/backup-story";
import { type ClientMachine, startClientMachine } from "../support/client-machine";
import { type RealStack, startRealStack } from "../support/real-stack";
import { signInHere } from "../support/sign-in-page";
import { until } from "../support/until";

/** The archive pages on two backups that real borg made: trees, comparisons, sizes, versions and search, out of the catalog and without it. */
const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const PHOTOS = 3000;
const work = mkdtempSync(join(tmpdir(), "bbs-browse-"));
const source = join(work, "files");
let stack: RealStack;
let machine: ClientMachine;
let pool: Pool;
let browser: Browser;
let page: Page;
let first: { id: string; name: string };
let second: { id: string; name: string };
const complaints: string[] = [];

const at = (...names: string[]) => join(source, ...names);
const photo = (number: number) => `IMG_${String(number).padStart(4, "0")}.jpg`;

function firstNight(): void {
  for (const folder of ["documents", "photos", "videos", "empty"]) mkdirSync(at(folder), { recursive: true });
  for (let number = 0; number < PHOTOS; number++) writeFileSync(at("photos", photo(number)), `${number}`);
  writeFileSync(at("documents", "annual report.pdf"), "a".repeat(20_000));
  writeFileSync(at("documents", "deleted soon.txt"), "gone tomorrow\n");
  writeFileSync(at("documents", "line\nbreak.txt"), "odd\n");
  writeFileSync(
    Buffer.concat([Buffer.from(`${at("documents")}/caf`), Buffer.from("\xe9.txt", "latin1")]),
    "bytes\n",
  );
  writeFileSync(at("videos", "holiday.mp4"), Buffer.alloc(3_000_000, 1));
  writeFileSync(at("videos", "short.mp4"), Buffer.alloc(100_000, 2));
}

function secondNight(): void {
  writeFileSync(at("documents", "annual report.pdf"), "b".repeat(50_000));
  rmSync(at("documents", "deleted soon.txt"));
  writeFileSync(at("videos", "new.mp4"), Buffer.alloc(5_000_000, 3));
}

beforeAll(async () => {
  firstNight();
  stack = await startRealStack();
  pool = openPool(`postgres://bbs_app@/bbs?host=${encodeURIComponent(join(stack.dataDir, "run/postgres"))}`, {
    most: 1,
  });
  machine = await startClientMachine(stack, { name: "web-01" });
  const { clientId } = machine;
  const repositoryId = await makeRepository(stack.bbs, clientId);
  const planId = await makePlan(stack.bbs, { clientId, repositoryId, name: "Files", sources: [source] });
  const night = async () => {
    const job = await backUp(stack.bbs, planId);
    expect(job.state).toBe("succeeded");
    const archive = await archiveOf(stack.bbs, job.id);
    await until(
      `the catalog holds ${archive.name}`,
      async () => (await pool.sql`select from catalog_archives where archive_id = ${archive.id}`).length > 0,
      { seconds: 60 },
    );
    return archive;
  };
  first = await night();
  secondNight();
  second = await night();
  browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--ignore-certificate-errors"],
  });
  page = await browser.newPage({
    ignoreHTTPSErrors: true,
    baseURL: stack.url,
    viewport: { width: 1280, height: 900 },
  });
  page.setDefaultTimeout(20_000);
  await page.addInitScript({ path: AXE });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  await page.goto("/sign-in");
  await signInHere(page, stack);
  await page.getByRole("heading", { name: "Overview", exact: true }).waitFor();
});

afterAll(async () => {
  await browser?.close();
  await pool?.end();
  await machine?.stop();
  await stack?.stop();
  rmSync(work, { recursive: true, force: true });
});

async function open(path: string): Promise<void> {
  await page.goto(path);
  await page.getByText("live", { exact: true }).waitFor();
}

const tree = () => page.getByRole("treegrid", { name: "Files of this folder" });
const folderName = (name: string) => ({ name: new RegExp(`^${name}\\s*, folder$`) });
const folderOf = (name: string) => tree().getByRole("button", folderName(name));
const rowOf = (name: string) =>
  tree()
    .getByRole("row")
    .filter({ has: page.getByRole("button", folderName(name)) });

async function goTo(path: string): Promise<void> {
  await page.getByLabel("Go to path").fill(path);
  await page.getByRole("button", { name: "Go", exact: true }).click();
}

/** What axe finds on the page as it stands. */
async function findings(): Promise<string[]> {
  const { violations } = await page.evaluate(async () => {
    const run: (context: Document, options: object) => Promise<AxeResults> = Reflect.get(window, "axe").run;
    return run(document, { resultTypes: ["violations"] });
  });
  return violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`,
  );
}

test("a typed path opens a folder with what is below each of its folders, odd names spelled out", async () => {
  await open(`/archives/${second.id}`);
  await goTo(source);
  await folderOf("photos").waitFor();
  expect(await rowOf("photos").textContent()).toMatch(/3\u202f000/);
  await goTo(`${at("documents")}/`);
  await tree().getByText("caf\\xe9.txt").waitFor();
  await tree().getByText("line\\nbreak.txt").waitFor();
  expect(await findings()).toEqual([]);
});

test("a typed file is told first; what is not there says so and opens the nearest folder", async () => {
  await goTo(at("photos", photo(2999)));
  const shown = page.getByRole("region", { name: "The file that you went to" });
  await shown.getByText(photo(2999)).waitFor();
  await shown.getByText("4 B").waitFor();
  await goTo(at("documents", "no", "such", "file"));
  await page.getByText(`${at("documents", "no", "such", "file")} is not in this archive`).waitFor();
  await tree().getByText("annual report.pdf").waitFor();
  await page.goBack();
  await shown.getByText(photo(2999)).waitFor();
});

test("thousands of files are walked by keyboard, page after page; few are in the document", async () => {
  await goTo(source);
  await folderOf("documents").waitFor();
  await page.keyboard.press("j");
  await page.locator("[data-row-link]:focus").waitFor();
  // documents, empty, photos, videos
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowRight");
  await tree()
    .getByRole("link", { name: photo(0), exact: true })
    .waitFor();
  await page.keyboard.press("ArrowRight");
  const last = tree().getByRole("link", { name: photo(2999), exact: true });
  // Each End goes to the end of what has come, and the next page comes.
  let at = "";
  await until(
    "the last photo is in sight",
    async () => {
      await page.keyboard.press("End");
      await page.waitForTimeout(150);
      await page.keyboard.press("ArrowUp");
      at = (await page.evaluate(() => document.activeElement?.textContent)) ?? "";
      return at === photo(2999);
    },
    { seconds: 60 },
  ).catch((error) => {
    throw new Error(`${error}; at ${at}`);
  });
  await last.waitFor();
  expect(await page.getByRole("row").count()).toBeLessThan(120);
  await page.keyboard.press(" ");
  const tray = page.getByRole("region", { name: "Selection" });
  await tray.getByText("1 selected").waitFor();
  await tray.getByText("4 B in one file").waitFor();
  await page.keyboard.press("ArrowLeft");
  expect(await page.evaluate(() => document.activeElement?.textContent)).toContain("photos");
  await page.keyboard.press(" ");
  await tray.getByText(/ in 3\u202f000 files/).waitFor();
  await page.keyboard.press("ArrowLeft");
  await last.waitFor({ state: "detached" });
  await page.keyboard.press("Enter");
  await tree()
    .getByRole("link", { name: photo(0), exact: true })
    .waitFor();
  await page.keyboard.press("Backspace");
  await folderOf("videos").waitFor();
  await tray.getByRole("button", { name: "Clear" }).click();
});

test("a folder is ordered by size and date, and the order is in the address", async () => {
  await goTo(at("videos"));
  const names = async () =>
    (await tree().locator("[data-row-link]").allTextContents()).map((name) => name.trim());
  await tree().getByRole("button", { name: "Size" }).click();
  await until("the largest is first", async () => (await names())[0] === "new.mp4");
  await tree().getByRole("button", { name: "Size" }).click();
  await until("the smallest is first", async () => (await names())[0] === "short.mp4");
  expect(new URL(page.url()).search).toContain("by=size");
  await page.reload();
  await until("it is still first", async () => (await names())[0] === "short.mp4");
});

test("an archive is compared with the one before it, folder by folder, with totals and what grew", async () => {
  await page.getByRole("link", { name: "Compare", exact: true }).click();
  await page.getByRole("combobox", { name: "Compared with" }).getByText(first.name).waitFor();
  await page.getByText("1 added", { exact: true }).first().waitFor();
  await page.getByText("1 changed", { exact: true }).first().waitFor();
  await page.getByText("1 removed", { exact: true }).first().waitFor();
  await page.getByRole("table", { name: "Folders that grew" }).getByText(at("videos")).click();
  const table = page.getByRole("table", { name: "What differs in this folder" });
  await table.getByRole("link", { name: "new.mp4" }).waitFor();
  await table.getByText("+4.77 MiB").waitFor();
  expect(await table.getByText("holiday.mp4").count()).toBe(0);
  await page.keyboard.press("Backspace");
  await table.getByRole("button", { name: /^documents\s*, folder$/ }).click();
  await table.getByRole("link", { name: "deleted soon.txt" }).waitFor();
  await page.getByRole("button", { name: "Removed", exact: true }).click();
  await table.getByRole("link", { name: "annual report.pdf" }).waitFor({ state: "detached" });
  expect(await findings()).toEqual([]);
});

test("what is biggest is walked into by blocks and by the list", async () => {
  await open(`/archives/${second.id}`);
  await page.getByRole("link", { name: "What is biggest" }).click();
  const largest = page.getByRole("table", { name: "The largest files of this archive" });
  await largest.getByText(at("videos", "new.mp4")).waitFor();
  const blocks = page.getByRole("list", { name: "Entries by size" });
  for (const name of source.split("/").filter(Boolean))
    await blocks.getByRole("button", { name: new RegExp(`^${name}\\s*, folder.*100 %$`) }).press("Enter");
  await blocks.getByRole("button", { name: /^videos\s*, folder\s*7\.\d+ MiB/ }).press("Enter");
  await blocks.getByRole("link", { name: /^new\.mp4\s*4\.77 MiB.*62 %$/ }).waitFor();
  expect(
    await page
      .getByRole("table", { name: /largest first/ })
      .locator("[data-row-link]")
      .first()
      .textContent(),
  ).toBe("new.mp4");
  expect(await findings()).toEqual([]);
});

test("a search finds as one types, by part, ending and what is deleted, and says how often it is there", async () => {
  await open("/archives");
  const box = page.getByLabel("Search every file of every archive");
  const found = page.getByRole("table", { name: "Files that were found" });
  await box.pressSequentially("REPO", { delay: 30 });
  const row = found.getByRole("row").filter({ hasText: "annual report.pdf" });
  await row.waitFor();
  expect(await row.textContent()).toContain("web-01");
  await box.fill("ext:txt ");
  await page.getByRole("button", { name: "Extension: txt" }).waitFor();
  expect(await box.inputValue()).toBe("");
  await found.getByText("deleted soon.txt").waitFor();
  await found.getByText("caf\\xe9.txt").waitFor();
  await page.getByRole("button", { name: "Filters" }).click();
  await page.getByRole("checkbox", { name: "Deleted files only" }).click();
  await found.getByText("caf\\xe9.txt").waitFor({ state: "detached" });
  await found.getByText("deleted", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Extension: txt" }).click();
  await page.getByRole("button", { name: "Deleted files only", exact: false }).first().click();
  await box.fill("*.mp4 larger:1M ");
  await until("only the large ones are left", async () => (await found.getByRole("row").count()) === 3);
  expect(await findings()).toEqual([]);
});

test("the palette finds files", async () => {
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder(/file, page or action/).fill("annual");
  await page.getByRole("option", { name: /annual report\.pdf/ }).click();
  await page.getByRole("heading", { name: "annual report.pdf" }).waitFor();
});

test("a file's versions tell their archives, and each can be restored", async () => {
  const table = page.getByRole("table", { name: "Versions" });
  await table.getByText("48.8 KiB").waitFor();
  await table.getByText("19.5 KiB").waitFor();
  const older = table.getByRole("row").filter({ hasText: "19.5 KiB" });
  await older.getByText("one archive").click();
  await older.getByRole("link", { name: first.name }).waitFor();
  expect(await findings()).toEqual([]);
  await older.getByRole("link", { name: "Restore" }).click();
  await page.waitForURL(/\/restore\?/);
  expect(new URL(page.url()).searchParams.get("archive")).toBe(first.id);
  await page.getByText("annual report.pdf").first().waitFor();
});

test("without the catalog borg is asked, and the page says so until the catalog holds the archive", async () => {
  await pool.sql`delete from catalog_archives where archive_id = ${second.id}`;
  await open(`/archives/${second.id}?at=${Buffer.from(at().slice(1)).toString("base64url")}`);
  await page.getByText("Read from the repository itself").waitFor();
  await folderOf("photos").waitFor();
  expect(await rowOf("photos").textContent()).not.toMatch(/3\u202f000/);
  await goTo(at("documents"));
  await tree().getByText("annual report.pdf").waitFor();
  await page.getByRole("link", { name: "Compare", exact: true }).click();
  await page.getByText("The catalog does not hold this archive yet").waitFor();
});

test("everything fits on a phone", async () => {
  await page.setViewportSize({ width: 360, height: 740 });
  for (const path of [
    `/archives/${first.id}?at=${Buffer.from(at("documents").slice(1)).toString("base64url")}`,
    `/archives/${first.id}/compare`,
    `/archives/${first.id}/biggest`,
    "/archives?q=report",
  ]) {
    await open(path);
    await page.waitForTimeout(300);
    expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(360);
  }
});

test("no script of the console failed on the way", () => {
  expect(complaints).toEqual([]);
});
