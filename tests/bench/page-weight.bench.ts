import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { type Browser, chromium, type Page, type Response } from "@playwright/test";
import { openPool } from "~/server/db";
import { createTestDatabase, startTestPostgres } from "../support/postgres";
import { SCREEN_LAB_RUN } from "../support/screens-lab";
import { filledPages, type ScreenPage } from "../support/screens-pages";
import { SCREEN_ADMIN, seedFleet } from "../support/screens-seed";
import { startScreenWeb } from "../support/screens-web";
import { signInHere } from "../support/sign-in-page";
import type { Figure } from "./figure";

const BAR_KB = 280;

/** Long enough for what a page fetches of itself once it is drawn. */
const SETTLE_MS = 1_500;

/** The built tree this bundle stands in, two folders below its root. */
const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

/**
 * Script of every page of the console, as a new browser loads it: each file packed with gzip, 1 kB = 1000 bytes. Scripts for browsers
 * without modules do not count, because no browser that the console supports loads them.
 */
export async function bench(): Promise<Figure[]> {
  const postgres = await startTestPostgres();
  const databaseUrl = await createTestDatabase(postgres.adminUrl, "page_weight");
  const pool = openPool(databaseUrl, { most: 4, applicationName: "page-weight" });
  const pages = filledPages(await seedFleet(pool));
  const web = await startScreenWeb(root, databaseUrl, SCREEN_LAB_RUN);
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  try {
    const session = await signIn(browser, web.url);
    const figures: Figure[] = [];
    for (const given of pages) figures.push(await weigh(browser, session, web.url, given));
    return figures;
  } finally {
    await browser.close();
    await web.stop();
    await pool.end();
    await postgres.stop();
  }
}

type Session = Awaited<ReturnType<typeof signIn>>;

async function signIn(browser: Browser, origin: string) {
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  const page = await context.newPage();
  await page.goto(`${origin}/sign-in`);
  await signInHere(page, SCREEN_ADMIN);
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  const state = await context.storageState();
  await context.close();
  return state;
}

/** In a context of its own, so that nothing comes from the cache of the page before. */
async function weigh(browser: Browser, session: Session, origin: string, given: ScreenPage): Promise<Figure> {
  const context = await browser.newContext({
    ignoreHTTPSErrors: true,
    ...(given.signedOut ? {} : { storageState: session }),
  });
  try {
    const page = await context.newPage();
    const scripts = collectScripts(page);
    await page.goto(origin + given.path, { waitUntil: "load" });
    await page.locator("h1").first().waitFor({ timeout: 15_000 });
    await page.waitForTimeout(SETTLE_MS);

    const sizes = await Promise.all(scripts.map(packedSize));
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    return {
      name: `script of ${given.name}`,
      value: Math.round(bytes / 100) / 10,
      unit: "kB",
      bar: BAR_KB,
      how: `${scripts.length} files of ${given.path.replaceAll(/(?<=[/=])[0-9a-z]{16}(?![0-9a-z])/g, "...")}, each gzipped`,
    };
  } finally {
    await context.close();
  }
}

/** Answers that are scripts, as they come. */
function collectScripts(page: Page): Response[] {
  const scripts: Response[] = [];
  page.on("response", (response) => {
    if (response.request().resourceType() === "script") scripts.push(response);
  });
  return scripts;
}

async function packedSize(response: Response): Promise<number> {
  return gzipSync(await response.body(), { level: 9 }).length;
}
