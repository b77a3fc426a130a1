import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "@playwright/test";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openPool, type Pool } from "~/server/db";
import { createTestDatabase, startTestPostgres, type TestPostgres } from "../support/postgres";
import { SCREEN_ADMIN, type SeededFleet, seedFleet } from "../support/screens-seed";
import { startScreenWeb } from "../support/screens-web";
import { signInHere } from "../support/sign-in-page";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

let postgres: TestPostgres;
let pool: Pool;
let web: Awaited<ReturnType<typeof startScreenWeb>>;
let browser: Browser;
let page: Page;
let fleet: SeededFleet;
const complaints: string[] = [];

beforeAll(async () => {
  execFileSync(process.execPath, [join(ROOT, "src/supervisor/build.mjs")]);
  postgres = await startTestPostgres();
  const url = await createTestDatabase(postgres.adminUrl, "opened_late_test");
  pool = openPool(url, { most: 4, applicationName: "opened-late-test" });
  fleet = await seedFleet(pool);
  web = await startScreenWeb(ROOT, url);
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  page = await browser.newPage({ ignoreHTTPSErrors: true, baseURL: web.url });
  page.setDefaultTimeout(15_000);
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto("/sign-in");
  await signInHere(page, SCREEN_ADMIN);
  await page.getByRole("heading", { name: "Overview" }).waitFor();
});

afterAll(async () => {
  await browser?.close();
  await web?.stop();
  await pool?.end();
  await postgres?.stop();
});

beforeEach(() => {
  complaints.length = 0;
});

/** Opens a page and waits until it answers: the live mark comes from the browser's own code. */
async function open(path: string): Promise<void> {
  await page.goto(path);
  await page.getByText("live", { exact: true }).first().waitFor();
}

describe("what is loaded when it is opened", () => {
  it("opens a menu by mouse, and closes it by a click beside it", async () => {
    await open("/jobs");
    const me = page.getByRole("button", { name: /^You are Ada/ });
    await me.click();
    const menu = page.getByRole("menu", { name: /^You are Ada/ });
    await menu.waitFor();
    await page.mouse.click(400, 600);
    await menu.waitFor({ state: "hidden" });
    await me.click();
    await menu.getByRole("menuitemradio", { name: "Dark" }).click();
    expect(await page.locator("html").getAttribute("data-theme")).toBe("dark");
    expect(complaints).toEqual([]);
  });

  it("opens a menu by key on its first line, walks it, and gives the focus back", async () => {
    await open("/jobs");
    const me = page.getByRole("button", { name: /^You are Ada/ });
    await me.focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent?.trim())).toBe("Light");
    await page.keyboard.press("ArrowDown");
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent?.trim())).toBe("Dark");
    await page.keyboard.press("Escape");
    await page.getByRole("menu").waitFor({ state: "hidden" });
    await expect.poll(() => me.evaluate((button) => button === document.activeElement)).toBe(true);
    await page.keyboard.press("ArrowDown");
    await page.getByRole("menu").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("menu").waitFor({ state: "hidden" });
    expect(complaints).toEqual([]);
  });

  it("chooses from a list, by mouse and by key alone", async () => {
    await open("/jobs");
    const kind = page.getByRole("combobox", { name: "Kind" });
    const before = await kind.boundingBox();
    await kind.click();
    await page.getByRole("option", { name: "Backup" }).first().click();
    await page.waitForURL(/kind=backup/);
    const after = await kind.boundingBox();
    expect(after).toEqual(before);
    await open("/jobs");
    await kind.focus();
    await page.keyboard.press("ArrowDown");
    await page.getByRole("listbox").waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForURL(/kind=/);
    await expect.poll(() => kind.evaluate((box) => box === document.activeElement)).toBe(true);
    expect(complaints).toEqual([]);
  });

  it("opens a dialog, and gives the focus back when it is closed by Escape", async () => {
    await open(`/clients/${fleet.clientIds["web-01"]}`);
    const rename = page.getByRole("button", { name: "Rename" });
    await rename.click();
    await page.getByRole("dialog", { name: "Rename web-01" }).getByLabel("New name").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    await expect.poll(() => rename.evaluate((button) => button === document.activeElement)).toBe(true);
    expect(complaints).toEqual([]);
  });

  it("opens the navigation of a phone", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await open("/jobs");
    await page.getByRole("button", { name: "Open the navigation" }).click();
    await page.getByRole("dialog").getByRole("link", { name: "Clients" }).click();
    await page.waitForURL(/\/clients$/);
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    await page.setViewportSize({ width: 1280, height: 720 });
    expect(complaints).toEqual([]);
  });

  it("shows a text on hover and on focus, and takes it away by Escape", async () => {
    await open("/clients");
    const version = page.getByRole("button", { name: /CVE-2023-36811/ }).first();
    const text = page.getByText("Install 1.2.5 or newer").first();
    await version.hover();
    await text.waitFor();
    await text.hover();
    await page.waitForTimeout(300);
    expect(await text.isVisible()).toBe(true);
    await page.mouse.move(0, 0);
    await text.waitFor({ state: "hidden" });
    await page.keyboard.press("Tab");
    await version.focus();
    await text.waitFor();
    await page.keyboard.press("Escape");
    await text.waitFor({ state: "hidden" });
    expect(complaints).toEqual([]);
  });

  it("checks a plan by the server's rules as one leaves a field", async () => {
    await open("/plans/new");
    await page.getByLabel("Directories, line 1").fill("etc");
    await page.getByLabel("Name", { exact: true }).focus();
    await page.getByText("Start at the top: /home, not home.").waitFor();
    expect(complaints).toEqual([]);
  });

  it("says so when the code of a menu does not come", async () => {
    await open("/jobs");
    await page.route("**/_next/static/chunks/**", (route) => route.abort());
    await page.getByRole("button", { name: /^You are Ada/ }).click();
    await page.getByText("This could not be opened").first().waitFor();
    await page.unroute("**/_next/static/chunks/**");
  });
});
