import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "@playwright/test";
import { openPool, type Pool } from "~/server/db";
import { createTestDatabase, startTestPostgres } from "./postgres";
import { keepMoving } from "./screens-alive";
import { SCREEN_LAB_RUN } from "./screens-lab";
import { emptyPages, filledPages, type ScreenPage } from "./screens-pages";
import { SCREEN_ADMIN, seedEmpty, seedFleet } from "./screens-seed";
import { startScreenWeb } from "./screens-web";
import { signInHere } from "./sign-in-page";

const SIZES = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const;
const THEMES = ["light", "dark"] as const;

/** Takes them all; answers the exit code: 1 when a page had findings. */
export async function takeScreenshots({ root, only }: { root: string; only: string[] }): Promise<number> {
  const folder = join(root, "screenshots");
  if (only.length === 0) rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const postgres = await startTestPostgres();
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  const findings: string[] = [];
  let taken = 0;
  try {
    for (const filling of ["filled", "empty"] as const) {
      const url = await createTestDatabase(postgres.adminUrl, `screens_${filling}`);
      const pool = openPool(url, { most: 4, applicationName: "screens" });
      const pages = filling === "filled" ? filledPages(await seedFleet(pool)) : await seedNothing(pool);
      const chosen = pages.filter(
        (page) => only.length === 0 || only.some((word) => page.name.includes(word)),
      );
      const still = keepMoving(pool);
      const web = await startScreenWeb(root, url, filling === "filled" ? SCREEN_LAB_RUN : undefined);
      try {
        for (const [size, viewport] of Object.entries(SIZES)) {
          for (const theme of THEMES) {
            const context = await browser.newContext({
              viewport,
              ignoreHTTPSErrors: true,
              colorScheme: theme,
            });
            const session = await context.newPage();
            const told = listen(session);
            for (const page of chosen.filter((candidate) => candidate.signedOut)) {
              findings.push(
                ...(await shoot(
                  session,
                  told,
                  web.url,
                  page,
                  join(folder, `${page.name}.${filling}.${size}.${theme}.png`),
                )),
              );
              taken += 1;
            }
            await signIn(session, web.url);
            for (const page of chosen.filter((candidate) => !candidate.signedOut)) {
              findings.push(
                ...(await shoot(
                  session,
                  told,
                  web.url,
                  page,
                  join(folder, `${page.name}.${filling}.${size}.${theme}.png`),
                )),
              );
              taken += 1;
            }
            await context.close();
          }
        }
      } finally {
        await web.stop();
        still();
        await pool.end();
      }
    }
  } finally {
    await close(browser);
    await postgres.stop();
  }
  for (const finding of findings) console.log(finding);
  console.log(`${taken} screenshots in screenshots/, ${findings.length} findings.`);
  return findings.length > 0 ? 1 : 0;
}

async function seedNothing(pool: Pool): Promise<readonly ScreenPage[]> {
  await seedEmpty(pool);
  return emptyPages();
}

async function close(browser: Browser): Promise<void> {
  await browser.close();
}

/** Collects what the browser complains about. */
function listen(page: Page): string[] {
  const told: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || /Content Security Policy|hydrat/i.test(message.text()))
      told.push(message.text());
  });
  page.on("pageerror", (error) => told.push(error.message));
  return told;
}

async function signIn(page: Page, origin: string): Promise<void> {
  await page.goto(`${origin}/sign-in`);
  await signInHere(page, SCREEN_ADMIN);
  await page.getByRole("heading", { name: "Overview" }).waitFor();
}

/** One picture of the whole page; answers what is wrong with it. */
async function shoot(
  page: Page,
  told: string[],
  origin: string,
  given: ScreenPage,
  file: string,
): Promise<string[]> {
  told.length = 0;
  await page.goto(origin + given.path, { waitUntil: "load" });
  await page
    .locator("h1")
    .first()
    .waitFor({ timeout: 15_000 })
    .catch(() => told.push("no heading appeared"));
  await page.waitForTimeout(700);
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  await page.screenshot({ path: file, fullPage: true });
  const expected = given.name === "not-found" ? /404/ : /$^/;
  const problems = told.filter((text) => !expected.test(text));
  if (overflow > 0) problems.push(`${overflow} px wider than the screen`);
  return problems.map((text) => `${file.replace(/.*\//, "")}: ${text}`);
}
