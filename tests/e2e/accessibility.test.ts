import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "@playwright/test";
import type { AxeResults } from "axe-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPool, type Pool } from "~/server/db";
import { createTestDatabase, startTestPostgres, type TestPostgres } from "../support/postgres";
import { sampled } from "../support/sampled";
import { keepMoving } from "../support/screens-alive";
import { SCREEN_LAB_RUN } from "../support/screens-lab";
import { emptyPages, filledPages, type ScreenPage } from "../support/screens-pages";
import { SCREEN_ADMIN, seedEmpty, seedFleet } from "../support/screens-seed";
import { startScreenWeb } from "../support/screens-web";
import { signInHere } from "../support/sign-in-page";

/**
 * Every page, filled and empty, as a person with a screen reader, a phone or a dark room gets it. Each is opened in one of four
 * looks, which take turns; a page that there is both filled and empty gets the opposite look the second time. Some forty of them a
 * day; `SOAK=1` opens each in all four.
 */
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

const SIZES = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const;
const LOOKS = [
  { size: "wide", theme: "light" },
  { size: "wide", theme: "dark" },
  { size: "phone", theme: "dark" },
  { size: "phone", theme: "light" },
] as const;
type Look = (typeof LOOKS)[number];

let postgres: TestPostgres;
let browser: Browser;

beforeAll(async () => {
  postgres = await startTestPostgres();
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
});

afterAll(async () => {
  await browser?.close();
  await postgres?.stop();
});

describe("every page", () => {
  for (const [filling, shift] of [
    ["filled", 0],
    ["empty", 2],
  ] as const) {
    it(`reads well for everybody when ${filling}: no axe finding, nothing wider than the screen, no error, nothing against the content security policy`, async () => {
      const url = await createTestDatabase(postgres.adminUrl, `accessibility_${filling}`);
      const pool = openPool(url, { most: 4, applicationName: "accessibility-test" });
      const all = filling === "filled" ? filledPages(await seedFleet(pool)) : await seedNothing(pool);
      const pages = sampled(all, filling === "filled" ? 28 : 12);
      const still = keepMoving(pool);
      const web = await startScreenWeb(ROOT, url, filling === "filled" ? SCREEN_LAB_RUN : undefined);
      try {
        const findings: string[] = [];
        for (const [turn, look] of LOOKS.entries()) {
          const chosen = pages.filter((_, at) => process.env.SOAK || (at + shift) % LOOKS.length === turn);
          findings.push(...(await walk(web.url, look, chosen)));
        }
        expect(findings).toEqual([]);
      } finally {
        await web.stop();
        still();
        await pool.end();
      }
    }, 420_000);
  }
});

async function seedNothing(pool: Pool): Promise<readonly ScreenPage[]> {
  await seedEmpty(pool);
  return emptyPages();
}

/** Opens pages in one look; answers what is wrong with them. */
async function walk(origin: string, look: Look, pages: readonly ScreenPage[]): Promise<string[]> {
  const context = await browser.newContext({
    viewport: SIZES[look.size],
    colorScheme: look.theme,
    reducedMotion: "reduce",
    ignoreHTTPSErrors: true,
    baseURL: origin,
  });
  await context.addInitScript({ path: AXE });
  // The browser tells of most violations in its console; this names each, also those that only a report would hold.
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sourceFile }) =>
      console.error(`against the policy: ${violatedDirective} ${blockedURI} ${sourceFile ?? ""}`),
    );
  });
  const page = await context.newPage();
  const told: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") told.push(message.text());
  });
  page.on("pageerror", (error) => told.push(error.message));
  const findings: string[] = [];
  const open = async (given: ScreenPage) => {
    told.length = 0;
    findings.push(...(await inspect(page, given)));
    // The browser itself reports the answer 404 of a page that is not there.
    findings.push(
      ...told
        .filter((text) => !(given.name === "not-found" && text.includes("404")))
        .map((t) => `${given.name}: ${t}`),
    );
  };
  try {
    for (const given of pages.filter((one) => one.signedOut)) await open(given);
    await signIn(page);
    for (const given of pages.filter((one) => !one.signedOut)) await open(given);
  } finally {
    await context.close();
  }
  return findings.map((finding) => `${look.size} ${look.theme} ${finding}`);
}

async function signIn(page: Page): Promise<void> {
  await page.goto("/sign-in");
  await signInHere(page, SCREEN_ADMIN);
  await page.getByRole("heading", { name: "Overview" }).waitFor();
}

/** What axe and a ruler find on a page that has come to rest. */
async function inspect(page: Page, given: ScreenPage): Promise<string[]> {
  await page.goto(given.path, { waitUntil: "load" });
  await page.locator("h1").first().waitFor();
  if (!given.signedOut) await page.getByText("live", { exact: true }).waitFor();
  await page.waitForFunction(() => !document.querySelector('[aria-label="Loading"]'));
  const { wider, violations } = await page.evaluate(async () => {
    const run: (context: Document, options: object) => Promise<AxeResults> = Reflect.get(window, "axe").run;
    const results = await run(document, {
      resultTypes: ["violations"],
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
    return {
      wider: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      violations: results.violations.map(({ id, help, nodes }) => ({
        id,
        help,
        targets: nodes.map((node) => `${node.target.join(" ")} [${node.failureSummary ?? ""}]`),
      })),
    };
  });
  const findings = violations.map(
    ({ id, help, targets }) => `${id} (${help}): ${targets.slice(0, 3).join("; ")}`,
  );
  if (wider > 0) findings.push(`${wider} px wider than the screen`);
  return findings.map((finding) => `${given.name}: ${finding}`);
}
