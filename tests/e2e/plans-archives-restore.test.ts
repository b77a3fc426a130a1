import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "@playwright/test";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPool, type Pool } from "~/server/db";
import { createTestDatabase, startTestPostgres } from "~tests/support/postgres";
import { SCREEN_ADMIN, type SeededFleet, seedFleet } from "~tests/support/screens-seed";
import { startScreenWeb } from "~tests/support/screens-web";
import { signInHere } from "../support/sign-in-page";

/** The pages of plans, jobs, archives and restores in a real browser, on the built console and a real PostgreSQL. */
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
let postgres: Awaited<ReturnType<typeof startTestPostgres>>;
let pool: Pool;
let web: Awaited<ReturnType<typeof startScreenWeb>>;
let browser: Browser;
let page: Page;
let fleet: SeededFleet;
const broken: string[] = [];

beforeAll(async () => {
  postgres = await startTestPostgres();
  const url = await createTestDatabase(postgres.adminUrl, "plans_archives_restore");
  pool = openPool(url, { most: 4, applicationName: "test" });
  fleet = await seedFleet(pool);
  web = await startScreenWeb(ROOT, url);
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  page = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
  page.on("pageerror", (error) => broken.push(error.message));
  await page.goto(`${web.url}/sign-in`);
  await signInHere(page, SCREEN_ADMIN);
  await page.getByRole("heading", { name: "Overview", exact: true }).waitFor();
});

afterAll(async () => {
  await browser?.close();
  await web?.stop();
  await pool?.end();
  await postgres?.stop();
  expect(broken).toEqual([]);
});

/** Opens a page and waits until it is alive, so that a click is not lost. */
async function open(path: string): Promise<void> {
  await page.goto(web.url + path);
  await page.getByText("live", { exact: true }).waitFor();
}

describe("plan editor", () => {
  it("says what is wrong in place, fills in the only repository, and saves", async () => {
    await open(`/plans/new?client=${fleet.clientIds["web-01"]}`);
    await page.getByLabel("Directories, line 1").fill("etc");
    await page.getByRole("textbox", { name: "Name" }).fill("Browser plan");
    await page.getByText("Start at the top: /home, not home.").waitFor();
    await page.getByLabel("Directories, line 1").fill("/etc");
    await page.getByRole("button", { name: /\/srv/ }).click();
    await page.getByText(/Browser plan reads \/etc and \/srv on web-01 and writes to main/).waitFor();
    await page.getByRole("button", { name: "Save the plan" }).click();
    await page.getByRole("heading", { name: "Browser plan" }).waitFor();
  });

  it("asks before unsaved changes are lost", async () => {
    await open(`/plans/${fleet.planId}/edit`);
    await page.getByRole("textbox", { name: "Name" }).fill("Changed");
    await page.getByRole("link", { name: "Jobs", exact: true }).click();
    await page.getByRole("dialog", { name: "Leave without saving?" }).waitFor();
    await page.getByRole("button", { name: "Stay here" }).click();
    expect(await page.getByRole("textbox", { name: "Name" }).inputValue()).toBe("Changed");
    await page.getByRole("link", { name: "Jobs", exact: true }).click();
    await page.getByRole("button", { name: "Leave", exact: true }).click();
    await page.getByRole("heading", { name: "Jobs", exact: true }).waitFor();
  });
});

describe("jobs", () => {
  it("keeps filters in the address and moves by keyboard", async () => {
    await open("/jobs?state=failed");
    expect(await page.getByRole("row").getByText("Succeeded").count()).toBe(0);
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Try again" }).waitFor();
    await page.goBack();
    await page.getByRole("button", { name: /State: Failed/ }).waitFor();
  });

  it("finds lines of a log by text", async () => {
    await open(`/jobs/${fleet.jobs.failed}`);
    await page.getByRole("log").getByText("Repository has exceeded").waitFor();
    await page.getByLabel("Search the log").fill("chunks cache");
    await page.getByRole("log").getByText("Repository has exceeded").waitFor({ state: "detached" });
    await page.getByRole("log").getByText("chunks cache is up to date").waitFor();
  });
});

describe("archive and restore", () => {
  it("ticks by keyboard, keeps the selection over a reload, and starts the restore that it described", async () => {
    await open(`/archives/${fleet.archiveId}`);
    await page.getByRole("button", { name: /^etc/ }).waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("x");
    await page.getByText("1 selected").waitFor();
    await page.getByRole("checkbox", { name: "Select name with\\na line break" }).click();
    await page.getByText("2 selected").waitFor();
    await page.reload();
    await page.getByText("2 selected").waitFor();
    await page.getByText("live", { exact: true }).waitFor();
    await page.getByRole("link", { name: "Restore selection" }).click();
    await page.getByRole("button", { name: "Next: where to" }).click();
    await page.getByRole("button", { name: "Next: how" }).click();
    await page.getByText(/Reads \/etc and \/name with\\na line break from/).waitFor();
    await page.goBack();
    await page.getByRole("button", { name: "Next: how" }).click();
    await page.getByRole("button", { name: "Start the restore" }).click();
    await page.getByRole("heading", { name: /Restore of web-01/ }).waitFor();
    await page.getByText("Queued").first().waitFor();
  });

  it("asks for the machine's name before it replaces what is there", async () => {
    await open(`/restore?archive=${fleet.archiveId}&all=true&step=how&to=original&existing=overwrite`);
    const start = page.getByRole("button", { name: "Restore and replace" });
    expect(await start.isDisabled()).toBe(true);
    await page.getByLabel(/Type web-01/).fill("web-01");
    expect(await start.isDisabled()).toBe(false);
  });
});

describe("databases of an archive", () => {
  const wizard = (more: string) => `/restore?archive=${fleet.databases.archiveId}&database=true${more}`;

  it("lists what there is, says why not of the rest, and starts the copy that it described", async () => {
    await open(`/archives/${fleet.databases.archiveId}`);
    const table = page.getByRole("table", { name: "Databases of this archive" });
    await table.getByText("accounts", { exact: true }).waitFor();
    await table.getByText(/Not backed up: .*connection refused/).waitFor();
    await page.getByRole("link", { name: "Restore a database" }).click();
    await page.getByText(/set databases\.mysql\.restore to true/).waitFor();
    await page.getByText(/tar -xOf databases\.tar databases\/files/).waitFor();
    expect(await page.getByRole("radio", { name: /^shop/ }).count()).toBe(0);
    await page.getByRole("radio", { name: /^accounts/ }).click();
    await page.getByRole("button", { name: "Next: where to" }).click();
    await page.getByLabel("Name of the copy").fill("accounts");
    await page.getByLabel("Name of the copy").blur();
    await page.getByText("A copy needs another name.").waitFor();
    expect(await page.getByRole("button", { name: "Next: how" }).isDisabled()).toBe(true);
    await page.getByLabel("Name of the copy").fill("accounts_monday");
    await page.getByRole("button", { name: "Next: how" }).click();
    await page
      .getByText(
        /Loads the dump of accounts \(PostgreSQL, 812.* into the database accounts_monday of main on db-01/,
      )
      .waitFor();
    await page.getByRole("button", { name: "Start the restore" }).click();
    await page.getByRole("heading", { name: /Restore of db-01/ }).waitFor();
    await page.getByText("accounts_monday of main").waitFor();
    await page.getByText("a new one; one of that name is left as it is").waitFor();
  });

  it("asks for the database's name before it replaces it, and tells afterwards how to undo it", async () => {
    await open(wizard("&dump=databases%2Fmain%2Faccounts.dump&as=same&step=how"));
    await page.getByText(/first dumped into a new folder below \/var\/lib\/bbs-agent\/restores/).waitFor();
    const start = page.getByRole("button", { name: "Restore and replace" });
    expect(await start.isDisabled()).toBe(true);
    await page.getByLabel(/Type accounts/).fill("accounts");
    expect(await start.isDisabled()).toBe(false);
    await open(`/jobs/${fleet.databases.restoredId}`);
    await page.getByText(/loaded whole into the database accounts/).waitFor();
    await page.getByText(/dropdb --force accounts && createdb -T template0 accounts && pg_restore/).waitFor();
  });
});
