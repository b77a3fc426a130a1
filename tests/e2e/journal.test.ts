import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { afterAll, beforeAll, expect, it } from "vitest";
import { SCREEN_ADMIN, type SeededFleet } from "~tests/support/screens-seed";
import { type SeededConsole, startSeededConsole } from "~tests/support/seeded-console";

/** The journal, the Security page and how to report, as an admin meets them. */

let ui: SeededConsole;
let page: Page;
let fleet: SeededFleet;

beforeAll(async () => {
  ui = await startSeededConsole();
  ({ page, fleet } = ui);
});

afterAll(async () => {
  await ui?.stop();
});

const open = (path: string) => ui.open(path);

it("shows what was renamed, before and after, on the client's own journal", async () => {
  const id = fleet.clientIds["web-01"];
  await open(`/clients/${id}`);
  await page.getByRole("link", { name: "Journal", exact: true }).last().click();
  await page.waitForURL(`**/journal?clientId=${id}`);
  const row = page.getByRole("row").filter({ hasText: "Made the client web-01." });
  await row.getByRole("button").click();
  const change = page.getByRole("table", { name: "What changed" });
  await change.getByText("web-01", { exact: true }).waitFor();
  expect(new URL(page.url()).searchParams.get("entry")).toMatch(/^\d+$/);
  expect(await page.getByRole("row").filter({ hasText: "Made the client" }).count()).toBe(1);
});

it("finds by kind and words, and says so when nothing fits", async () => {
  await open("/journal?group=sign-in");
  await page.getByText("Signed in with a password.").first().waitFor();
  expect(await page.getByText("plan.created").count()).toBe(0);
  await page.getByRole("searchbox", { name: "Search the journal" }).fill("nothing is called this");
  await page.getByText("No entry fits these filters").waitFor();
  await page.getByRole("link", { name: "Show all entries" }).click();
  await page.getByRole("row").filter({ hasText: "sign-in" }).first().waitFor();
  expect(await page.getByRole("row").count()).toBeGreaterThan(20);
});

it("gives the entries of the filters as a file, and journals that", async () => {
  await open("/journal?group=plans");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "CSV" }).click(),
  ]);
  const lines = readFileSync(await download.path(), "utf8")
    .trimEnd()
    .split("\r\n");
  expect(download.suggestedFilename()).toMatch(/^journal-.*\.csv$/);
  expect(lines.length).toBeGreaterThan(1);
  expect(lines.slice(1).every((line) => /,(plan|schedule)\./.test(line))).toBe(true);
  await open("/journal?group=journal");
  await page.getByText("Exported a part of the journal as CSV.").waitFor();
});

it("opens from a person, with what they did", async () => {
  await open("/journal");
  await page.getByRole("link", { name: SCREEN_ADMIN.name }).first().click();
  await page.waitForURL(/person=/);
  await page.getByRole("list", { name: "Filters in force" }).getByText(SCREEN_ADMIN.name).waitFor();
});

it("says what is on, what is not, and leads to the fix", async () => {
  await open("/security");
  await page.getByText(/^\d+ of \d+ protections are on; \d+ need you\.$/).waitFor();
  const anchor = page.getByRole("listitem").filter({ hasText: "Journal anchored elsewhere" });
  await anchor.getByText("off", { exact: true }).waitFor();
  await anchor.getByRole("link", { name: "Set up" }).click();
  await page.getByRole("heading", { name: "Anchor, once a day" }).waitFor();
});

it("tells how to report, with a template that holds no names; a stranger is told the same without it", async () => {
  await open("/security/report");
  const template = await page.locator("pre").textContent();
  expect(template).toContain("Subject: [BBS Security] <brief description>");
  expect(template).toMatch(/Borg Backup Server \d/);
  expect(template).not.toContain(new URL(ui.url).host);
  const stranger = await ui.strangerPage();
  const answer = await stranger.goto(`${ui.url}/.well-known/security.txt`);
  const policy = /^Policy: (.*)$/m.exec((await answer?.text()) ?? "")?.[1] ?? "";
  await stranger.goto(ui.url + new URL(policy).pathname);
  await stranger.getByText("Remote code execution").waitFor();
  expect(await stranger.getByText("This installation:").count()).toBe(0);
});
