import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContext, chromium, type Page } from "@playwright/test";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPool, type Pool } from "~/server/db";
import { createTestDatabase, startTestPostgres, type TestPostgres } from "../support/postgres";
import { keepMoving } from "../support/screens-alive";
import { SCREEN_ADMIN, type SeededFleet, seedFleet } from "../support/screens-seed";
import { startScreenWeb } from "../support/screens-web";
import { signInHere } from "../support/sign-in-page";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

let postgres: TestPostgres;
let pool: Pool;
let still: () => void;
let web: Awaited<ReturnType<typeof startScreenWeb>>;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let fleet: SeededFleet;
const complaints: string[] = [];

beforeAll(async () => {
  execFileSync(process.execPath, [join(ROOT, "src/supervisor/build.mjs")]);
  postgres = await startTestPostgres();
  const url = await createTestDatabase(postgres.adminUrl, "console_test");
  pool = openPool(url, { most: 4, applicationName: "console-test" });
  fleet = await seedFleet(pool);
  still = keepMoving(pool);
  web = await startScreenWeb(ROOT, url);
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  context = await browser.newContext({ ignoreHTTPSErrors: true, baseURL: web.url });
  page = await context.newPage();
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
});

afterAll(async () => {
  await browser?.close();
  await web?.stop();
  still?.();
  await pool?.end();
  await postgres?.stop();
});

/** Opens a page and waits until it listens: what is typed or pressed before that is lost. */
async function visit(path: string): Promise<void> {
  await page.goto(path);
  await page.getByText("live", { exact: true }).waitFor();
}

/** Gives what the browser complained about since the last call. */
function takeComplaints(): string[] {
  return complaints.splice(0);
}

describe("the console", () => {
  it("sends whoever is not signed in to the sign-in page and back to the page that was asked for", async () => {
    await page.goto("/clients?state=problem");
    await page.waitForURL(/\/sign-in\?to=/);
    await signInHere(page, { email: SCREEN_ADMIN.email, password: "not the password" });
    await page.getByText("do not belong together").waitFor();
    takeComplaints();
    await page.getByLabel("Password").fill(SCREEN_ADMIN.password);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.waitForURL(/\/clients\?state=problem/);
    await page.getByText("2 clients").first().waitFor();
  });

  it("sends no password before its own code runs: it would stand in the address", async () => {
    const bare = await browser.newContext({
      ignoreHTTPSErrors: true,
      javaScriptEnabled: false,
      baseURL: web.url,
    });
    const asleep = await bare.newPage();
    await asleep.goto("/sign-in");
    expect(await asleep.getByRole("button", { name: "Sign in", exact: true }).isDisabled()).toBe(true);
    expect(await asleep.locator("form").getAttribute("method")).toBe("post");
    await bare.close();
  });

  it("says that it is live, and moves what runs without a reload", async () => {
    await visit("/");
    const running = page.getByRole("region", { name: "Running now" }).getByRole("link").first();
    const before = await running.textContent();
    await expect.poll(() => running.textContent(), { timeout: 15_000 }).not.toBe(before);
  });

  it("finds a client by Ctrl-K alone", async () => {
    await page.keyboard.press("Control+k");
    await page.getByPlaceholder("Client, plan, repository, job, page or action").fill("laptop");
    await page.getByRole("option", { name: "laptop-ada", exact: true }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.getByRole("option", { name: "laptop-ada", exact: true }).click();
    await page.getByRole("heading", { name: "laptop-ada", level: 1 }).waitFor();
  });

  it("walks a table with j and opens a row with Enter", async () => {
    await visit("/clients");
    await page.getByText("8 clients").first().waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "db-01", level: 1 }).waitFor();
  });

  it("shows one line to paste for a new client and refuses a name that is taken", async () => {
    await visit("/clients/new");
    await page.getByLabel("Name").fill("web-01");
    await page.getByRole("button", { name: "Make the line to paste" }).click();
    await page.getByRole("alert").filter({ hasText: "web-01" }).waitFor();
    takeComplaints();
    await page.getByLabel("Name").fill("printer-room");
    await page.getByRole("button", { name: "Make the line to paste" }).click();
    await page.getByRole("heading", { name: "Paste this on printer-room" }).waitFor();
    await page.getByRole("button", { name: "Copy the line" }).waitFor();
  });

  it("removes a client only after its name was typed", async () => {
    await visit(`/clients/${fleet.clientIds["reception-pc"]}`);
    await page.getByRole("button", { name: "Remove", exact: true }).click();
    const remove = page.getByRole("button", { name: "Remove the client" });
    expect(await remove.isDisabled()).toBe(true);
    await page.getByRole("dialog").getByRole("textbox").fill("reception-pc");
    await remove.click();
    await page.waitForURL(/\/clients$/);
  });

  it("shows a token once and takes it back", async () => {
    await visit("/settings/tokens");
    await page.getByRole("button", { name: "Make a token" }).click();
    await page.getByLabel("Name").fill("nagios");
    await page.getByRole("button", { name: "Make it" }).click();
    await page.getByText(/^bbs_[\w-]{20,}/).waitFor();
    await page.getByRole("button", { name: "Revoke nagios" }).click();
    await page.getByText("Token nagios is revoked").waitFor();
    await page.reload();
    expect(await page.getByText(/^bbs_[\w-]{20,}/).count()).toBe(0);
  });

  it("loads every page of this room without a complaint of the browser", async () => {
    takeComplaints();
    for (const path of [
      "/",
      "/clients",
      "/clients/new",
      `/clients/${fleet.clientIds["web-01"]}`,
      "/repositories",
      `/repositories/${fleet.repositoryId}`,
      "/repositories/new",
      "/security",
      "/settings/tokens",
    ]) {
      await visit(path);
      await page.locator("h1").first().waitFor();
    }
    expect(takeComplaints()).toEqual([]);
  });
});
