import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContext, chromium, type Page } from "@playwright/test";
import { sql } from "drizzle-orm";
import { openPool, type Pool } from "~/server/db";
import { signIns } from "~/server/db/schema/access";
import { createTestDatabase, startTestPostgres } from "./postgres";
import { SCREEN_ADMIN, seedEmpty } from "./screens-seed";
import { startScreenWeb } from "./screens-web";
import { signInHere } from "./sign-in-page";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The built console with one admin and a browser, for tests of how people sign in. */
export interface AccountWeb {
  url: string;
  pool: Pool;
  /** What the browser complained about since the last call. */
  takeComplaints(): string[];
  /** A page that shares nothing with the others. */
  newPage(): Promise<{ page: Page; context: BrowserContext }>;
  /** As if every sign-in had been confirmed an hour ago. */
  forgetConfirmations(): Promise<void>;
  stop(): Promise<void>;
}

export async function startAccountWeb(
  database: string,
  addressOf?: (port: number) => string,
): Promise<AccountWeb> {
  execFileSync(process.execPath, [join(ROOT, "src/supervisor/build.mjs")]);
  const postgres = await startTestPostgres();
  const databaseUrl = await createTestDatabase(postgres.adminUrl, database);
  const pool = openPool(databaseUrl, { most: 4, applicationName: "account-test" });
  await seedEmpty(pool);
  const web = await startScreenWeb(ROOT, databaseUrl, undefined, addressOf);
  const browser: Browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox"],
  });
  const complaints: string[] = [];
  return {
    url: web.url,
    pool,
    takeComplaints: () => complaints.splice(0),
    newPage: async () => {
      const context = await browser.newContext({ ignoreHTTPSErrors: true, baseURL: web.url });
      const page = await context.newPage();
      // Ten recovery codes are ten hashes: seconds of work, more on a busy machine.
      page.setDefaultTimeout(40_000);
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("console", (message) => {
        if (/Content Security Policy|hydrat|trusted/i.test(message.text())) complaints.push(message.text());
      });
      return { page, context };
    },
    forgetConfirmations: async () => {
      await pool.db.update(signIns).set({ confirmedAt: sql`now() - interval '1 hour'` });
    },
    stop: async () => {
      await browser.close();
      await web.stop();
      await pool.end();
      await postgres.stop();
    },
  };
}

/** Signs the admin in with the password; where that leads is the caller's to say. */
export async function passwordOf(page: Page, path = "/sign-in"): Promise<void> {
  await page.goto(path);
  await signInHere(page, SCREEN_ADMIN);
}

/** Forgets the cookies: the browser is a stranger again. */
export async function leave(context: BrowserContext): Promise<void> {
  // A page of the console would notice, and go to the sign-in page while the test goes elsewhere.
  for (const page of context.pages()) await page.goto("about:blank").catch(() => undefined);
  await context.clearCookies();
}
