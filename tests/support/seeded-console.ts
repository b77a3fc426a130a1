import { fileURLToPath } from "node:url";
import { type BrowserContextOptions, chromium, type Page } from "@playwright/test";
import { openPool, type Pool } from "~/server/db";
import { createTestDatabase, startTestPostgres } from "./postgres";
import type { SCREEN_LAB_RUN } from "./screens-lab";
import { SCREEN_ADMIN, type SeededFleet, seedFleet } from "./screens-seed";
import { startScreenWeb } from "./screens-web";
import { signInHere } from "./sign-in-page";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The built console over the seeded fleet on a real PostgreSQL, in a real browser in which its admin is signed in. No worker runs: jobs stay queued. */
export interface SeededConsole {
  pool: Pool;
  fleet: SeededFleet;
  page: Page;
  url: string;
  /** What the page complained of: its own errors, and those of its console. */
  complaints: string[];
  /** Opens a page and waits until it is alive, so that a click is not lost. */
  open(path: string): Promise<void>;
  /** A page of somebody who is not signed in. */
  strangerPage(): Promise<Page>;
  stop(): Promise<void>;
}

/** `prepare` changes what was seeded before the web starts. `labRun`: the last run of the attack lab that the console shows. */
export async function startSeededConsole(
  given: {
    browser?: BrowserContextOptions;
    labRun?: typeof SCREEN_LAB_RUN;
    prepare?: (pool: Pool, fleet: SeededFleet) => Promise<void>;
  } = {},
): Promise<SeededConsole> {
  const postgres = await startTestPostgres();
  const url = await createTestDatabase(postgres.adminUrl, "seeded_console");
  const pool = openPool(url, { most: 4, applicationName: "seeded-console" });
  const fleet = await seedFleet(pool);
  await given.prepare?.(pool, fleet);
  const web = await startScreenWeb(ROOT, url, given.labRun);
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    // A context's `ignoreHTTPSErrors` is for what its pages load: a download or a service worker on a connection of its own is refused the
    // self-signed certificate all the same (ERR_CERT_AUTHORITY_INVALID), and passes only where a connection of the page happens to be free.
    args: ["--no-sandbox", "--ignore-certificate-errors"],
  });
  const context = await browser.newContext({
    ignoreHTTPSErrors: true,
    baseURL: web.url,
    ...given.browser,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto("/sign-in");
  await signInHere(page, SCREEN_ADMIN);
  await page.getByRole("heading", { name: "Overview", exact: true }).waitFor();
  return {
    ...{ pool, fleet, page, url: web.url, complaints },
    async open(path) {
      await page.goto(path);
      await page.getByText("live", { exact: true }).waitFor();
    },
    strangerPage: async () => (await browser.newContext({ ignoreHTTPSErrors: true })).newPage(),
    async stop() {
      await browser.close();
      await web.stop();
      await pool.end();
      await postgres.stop();
    },
  };
}
