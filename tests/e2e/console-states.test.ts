import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "@playwright/test";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSetupLink } from "~/server/access/create-setup-link";
import { openPool, type Pool } from "~/server/db";
import { jobs } from "~/server/db/schema/jobs";
import { createTestDatabase, startTestPostgres, type TestPostgres } from "~tests/support/postgres";
import { folderOfThousands } from "~tests/support/screens-folder";
import { SCREEN_ADMIN, type SeededFleet, seedFleet } from "~tests/support/screens-seed";
import { startScreenWeb } from "~tests/support/screens-web";
import { signInHere, untilListening } from "../support/sign-in-page";

/** What the console shows when things do not simply run: waiting, silence, stopping, odd folders, a lost server, a first day. */
const ROOT = fileURLToPath(new URL("../..", import.meta.url));

let postgres: TestPostgres;
let pool: Pool;
let web: Awaited<ReturnType<typeof startScreenWeb>>;
let browser: Browser;
let page: Page;
let fleet: SeededFleet;
let stopped = false;

beforeAll(async () => {
  postgres = await startTestPostgres();
  const url = await createTestDatabase(postgres.adminUrl, "console_states");
  pool = openPool(url, { most: 4, applicationName: "console-states-test" });
  fleet = await seedFleet(pool);
  web = await startScreenWeb(ROOT, url);
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  page = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
  await page.goto(`${web.url}/sign-in`);
  await signInHere(page, SCREEN_ADMIN);
  await page.getByRole("heading", { name: "Overview", exact: true }).waitFor();
});

afterAll(async () => {
  await browser?.close();
  if (!stopped) await web?.stop();
  await pool?.end();
  await postgres?.stop();
});

/** Opens a page and waits until it is alive, so that a click is not lost. */
async function open(path: string): Promise<void> {
  await page.goto(web.url + path);
  await page.getByText("live", { exact: true }).waitFor();
}

describe("a job that stands still", () => {
  it("waits with its reason and is not drawn as a failure", async () => {
    await open(`/jobs/${fleet.jobs.waiting}`);
    await page.getByText("Waits until another job has finished writing to this repository.").waitFor();
    expect(await page.getByText("Failed").count()).toBe(0);
    expect(await page.getByText("It failed").count()).toBe(0);
    await open("/jobs?state=queued");
    await page.getByRole("row").getByText("Waits until another job").last().waitFor();
  });

  it("says what a person must do when it is blocked", async () => {
    await open(`/jobs/${fleet.jobs.blocked}`);
    await page.getByText("It cannot start yet").waitFor();
    await page.getByText(/the job starts by itself then/).waitFor();
  });

  it("names the machine that went silent, and since when", async () => {
    await open(`/jobs/${fleet.jobs.silent}`);
    await page.getByText(/no word from laptop-ada since \d\d:\d\d/).waitFor();
  });

  it("shows stopping from the moment somebody cancels until it has really ended", async () => {
    await open(`/jobs/${fleet.jobs.running}`);
    await page.getByRole("button", { name: "Cancel", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Cancel the job" }).click();
    await page.getByText("Stopping: waiting for web-01 to say that borg has really ended.").waitFor();
    expect(await page.getByRole("button", { name: "Stopping" }).isDisabled()).toBe(true);
    await page.getByText("Asked to stop: waiting for web-01").waitFor();
  });
});

describe("a folder of an archive", () => {
  it("cannot tick a name that borg could not print, and says what to do instead", async () => {
    await open(`/archives/${fleet.archiveId}`);
    await page.getByText("name not printable: restore its folder").waitFor();
    expect(await page.getByRole("checkbox", { name: "Select caf?.txt" }).isDisabled()).toBe(true);
  });

  it("keeps thousands of entries out of the document and says when there are more", async () => {
    await pool.db
      .update(jobs)
      .set({ result: { kind: "list-folder", entries: folderOfThousands(new Date()), truncated: true } })
      .where(eq(jobs.kind, "list-folder"));
    await open(`/archives/${fleet.archiveId}`);
    await page.getByText(/Only the first 5.000 entries are shown/).waitFor();
    await page.getByRole("link", { name: "file-0000.dat" }).waitFor();
    expect(await page.getByRole("row").count()).toBeLessThan(120);
    await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
    await page.getByRole("link", { name: "file-4999.dat" }).waitFor();
    expect(await page.getByRole("row").count()).toBeLessThan(120);
  });

  it("moves the archive to the trash only after its name was typed, and says what happens then", async () => {
    await open(`/archives/${fleet.archiveId}`);
    await page.getByRole("button", { name: "Move to trash", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: "Move this archive to the trash?" });
    await dialog.getByText(/It can be brought back/).waitFor();
    const remove = dialog.getByRole("button", { name: "Move to the trash" });
    expect(await remove.isDisabled()).toBe(true);
    const name = await page.locator("h1").textContent();
    await dialog.getByRole("textbox").fill(name ?? "");
    await remove.click();
    await page.getByRole("heading", { name: "Move archives to the trash · web-01" }).waitFor();
  });
});

it("refuses a quota that borg would not take, in place", async () => {
  await open(`/repositories/new?client=${fleet.clientIds["web-01"]}`);
  await page.getByLabel(/Quota in GiB/).fill("0.001");
  await page.getByLabel("Name").focus();
  await page.getByText("borg takes no quota below 10 MB: type 0.01 or more, or leave it empty.").waitFor();
});

it("sets up the first admin: the rules tick while typing, and what is wrong is said in place", async () => {
  const url = await createTestDatabase(postgres.adminUrl, "console_first_day");
  const fresh = openPool(url, { most: 2, applicationName: "console-first-day" });
  const first = await startScreenWeb(ROOT, url);
  const visitor = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
  try {
    const link = await createSetupLink({ db: fresh.db, now: new Date(), actor: { kind: "nobody" } });
    await visitor.goto(`${first.url}/setup?token=${link?.token}`);
    await untilListening(visitor, "Make the admin and sign in");
    const rule = visitor.getByRole("listitem").filter({ hasText: "10 characters or more" });
    await rule.getByText("not met yet").waitFor({ state: "attached" });
    await visitor.getByLabel("Password").pressSequentially("too short");
    await rule.getByText("not met yet").waitFor({ state: "attached" });
    await visitor.getByLabel("E-mail").fill("nobody");
    await visitor.getByLabel("Name").focus();
    await visitor.getByText("This is not an e-mail address.").waitFor();
    await visitor.getByText("Use at least 10 characters as a password.").waitFor();
    await visitor.getByLabel("Password").pressSequentially(", now long");
    await rule.getByText(": met").waitFor({ state: "attached" });
    await visitor.getByLabel("E-mail").fill("grace@example.org");
    await visitor.getByRole("button", { name: "Make the admin and sign in" }).click();
    await visitor.getByText("Say what to call you.").waitFor();
    await visitor.getByLabel("Name").fill("Grace");
    await visitor.getByRole("button", { name: "Make the admin and sign in" }).click();
    await visitor.getByText("No machine is backed up yet.").waitFor();
    await visitor.goto(`${first.url}/setup?token=${link?.token}`);
    expect(await visitor.getByLabel("Password").count()).toBe(0);
  } finally {
    await visitor.context().close();
    await first.stop();
    await fresh.end();
  }
});

it("says since when it is stale once the server is gone", async () => {
  await open("/clients");
  await web.stop();
  stopped = true;
  await page.getByText(/stale since \d\d:\d\d/).waitFor();
  await page.getByText("db-01", { exact: true }).waitFor();
});
