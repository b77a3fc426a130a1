import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "@playwright/test";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openPool, type Pool } from "~/server/db";
import { createTestDatabase, startTestPostgres, type TestPostgres } from "~tests/support/postgres";
import { sampled } from "~tests/support/sampled";
import { filledPages, type ScreenPage } from "~tests/support/screens-pages";
import { SCREEN_ADMIN, seedFleet } from "~tests/support/screens-seed";
import { startScreenWeb } from "~tests/support/screens-web";
import { signInHere } from "~tests/support/sign-in-page";

/**
 * Scripts in everything that anybody can write: people, machines, archives' names, file names, logs. Each page of the filled console is
 * opened with them in a real browser (16 of them a day; SOAK=1 all); none may run, and none may become an element.
 */
const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const MARK = "planted";
const SCRIPT = `"><img src=x class=${MARK} onerror="window.owned=1"><script class=${MARK}>window.owned=1</script>{{7*7}}`;

/** Columns of free text; what has a form of its own (ids, hashes, states) cannot hold them. */
const FREE_TEXT: readonly (readonly [table: string, column: string])[] = [
  ["users", "name"],
  ["clients", "name"],
  ["plans", "name"],
  ["repositories", "name"],
  ["archive_ledger", "name"],
  ["api_tokens", "name"],
  ["passkeys", "name"],
  ["sign_ins", "device"],
  ["job_log_lines", "message"],
  ["client_tags", "tag"],
  ["invitations", "name"],
];

let postgres: TestPostgres;
let pool: Pool;
let browser: Browser;
let web: Awaited<ReturnType<typeof startScreenWeb>>;
let pages: readonly ScreenPage[];
let page: Page;

beforeAll(async () => {
  postgres = await startTestPostgres();
  const url = await createTestDatabase(postgres.adminUrl, "scripts");
  pool = openPool(url, { most: 4, applicationName: "attack-test" });
  pages = filledPages(await seedFleet(pool));
  for (const [table, column] of FREE_TEXT)
    await pool.sql`update ${pool.sql(table)} set ${pool.sql(column)} = left(${pool.sql(column)}, 12) || ${SCRIPT}`;
  // Folders of an archive that a machine has sent: names of files are the machine's own.
  await pool.sql`update jobs set problem = jsonb_set(problem, '{say}', to_jsonb(${SCRIPT}::text)) where problem is not null`;
  await pool.sql`update jobs set progress = jsonb_set(progress, '{currentPath}', to_jsonb(${SCRIPT}::text)) where progress is not null`;
  await pool.sql`update clients set machine = jsonb_set(machine, '{hostname}', to_jsonb(${SCRIPT}::text)) where machine is not null`;
  web = await startScreenWeb(ROOT, url, undefined);
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  const context = await browser.newContext({ ignoreHTTPSErrors: true, baseURL: web.url });
  page = await context.newPage();
  await page.goto("/sign-in");
  await signInHere(page, SCREEN_ADMIN);
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  await page.waitForLoadState("load");
});

afterAll(async () => {
  await browser?.close();
  await web?.stop();
  await pool?.end();
  await postgres?.stop();
});

it("stored: in names, devices, tags, logs, problems, paths and host names, on the pages of the console", async () => {
  const found: string[] = [];
  let shown = 0;
  const inside = pages.filter(({ signedOut }) => !signedOut);
  for (const { name, path } of sampled(inside, 16)) {
    await page.goto(path, { waitUntil: "load" });
    await page.locator("main, h1").first().waitFor();
    await page.waitForTimeout(150);
    const state = await page.evaluate((mark) => {
      return {
        owned: Reflect.get(window, "owned") !== undefined,
        elements: document.getElementsByClassName(mark).length,
        texts: document.querySelector("main")?.textContent.includes(`class=${mark}`) === true,
      };
    }, MARK);
    if (state.owned || state.elements > 0) found.push(name);
    if (state.texts) shown++;
  }
  expect(found).toEqual([]);
  // They were there, as text.
  expect(shown).toBeGreaterThan(4);
}, 300_000);

it.each([
  ["a search", `/clients?search=${encodeURIComponent(SCRIPT)}`],
  ["an error", `/sign-in?error=${encodeURIComponent(SCRIPT)}`],
  ["where to go back to", `/sign-in?to=${encodeURIComponent(`javascript:window.owned=1//${SCRIPT}`)}`],
  ["an id", `/clients/${encodeURIComponent(SCRIPT)}`],
  ["a token", `/join?token=${encodeURIComponent(SCRIPT)}`],
  ["a path that is not there", `/${encodeURIComponent(SCRIPT)}`],
])("reflected: in %s of an address", async (_, path) => {
  await page.goto(path, { waitUntil: "load" });
  await page.waitForTimeout(200);
  const elements = await page.evaluate((mark) => document.getElementsByClassName(mark).length, MARK);
  expect([elements, await page.evaluate(() => Reflect.get(window, "owned") === undefined)]).toEqual([
    0,
    true,
  ]);
});
