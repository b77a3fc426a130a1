import type { Page } from "@playwright/test";
import { desc } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Pool } from "~/server/db";
import { apiTokens, signIns } from "~/server/db/schema/access";
import { journalEntries } from "~/server/db/schema/journal";
import { SCREEN_ADMIN, type SeededFleet } from "~tests/support/screens-seed";
import { type SeededConsole, startSeededConsole } from "~tests/support/seeded-console";

/** What a person does in the console with tokens and passphrases. */

let ui: SeededConsole;
let pool: Pool;
let page: Page;
let fleet: SeededFleet;

beforeAll(async () => {
  ui = await startSeededConsole();
  ({ pool, page, fleet } = ui);
});

afterAll(async () => {
  await ui?.stop();
  // A refusal that asks for a confirmation is an answer with 403, which the browser tells.
  expect(ui.complaints.filter((one) => !/403/.test(one))).toEqual([]);
});

const open = (path: string) => ui.open(path);

it("a token looks only unless more is ticked, ends after 90 days, and warns when it never does", async () => {
  await open("/settings/tokens");
  await page.getByRole("button", { name: "Make a token" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("nightly");
  expect(await dialog.getByRole("radio", { name: "Look only" }).isChecked()).toBe(true);
  await dialog.getByRole("radio", { name: "One by one" }).click();
  await dialog.getByRole("checkbox", { name: "Back up" }).click();
  const warning = dialog.getByText("A token that never ends");
  expect(await warning.count()).toBe(0);
  for (const lifetime of ["until it is revoked", "90 days"]) {
    await dialog.getByLabel("Works for").click();
    await page.getByRole("option", { name: lifetime, exact: true }).click();
    await (lifetime === "90 days" ? warning.waitFor({ state: "detached" }) : warning.waitFor());
  }
  await dialog.getByRole("button", { name: "Make it" }).click();
  await page.getByText(/^bbs_[\w-]{43}$/).waitFor();
  const [row] = await pool.db.select().from(apiTokens).orderBy(desc(apiTokens.createdAt)).limit(1);
  expect(row).toMatchObject({ name: "nightly", scopes: ["view", "backup"] });
  const days = (Number(row?.expiresAt) - Number(row?.createdAt)) / 86_400_000;
  expect(days).toBe(90);
  const line = page.getByRole("row", { name: /nightly/ });
  expect(await line.textContent()).toMatch(/View, Back up/);
  expect(await page.getByRole("button", { name: "Revoke nightly" }).count()).toBe(1);
  await page.getByText("Tokens of other people").waitFor();
});

it("a passphrase is shown after the person has shown the password again, and the journal tells", async () => {
  await pool.db.update(signIns).set({ confirmedAt: new Date(Date.now() - 3_600_000) });
  await open(`/repositories/${fleet.repositoryId}`);
  await page.getByRole("button", { name: "Show the passphrase" }).click();
  await page.getByRole("button", { name: "Show it" }).click();
  await page.getByText("Is it still you?").waitFor();
  await page.getByLabel("Password").fill(SCREEN_ADMIN.password);
  await page.keyboard.press("Enter");
  await page.getByText(/^passphrase of /).waitFor();
  const [entry] = await pool.db.select().from(journalEntries).orderBy(desc(journalEntries.id)).limit(1);
  expect(entry).toMatchObject({ action: "repository.passphrase", repositoryId: fleet.repositoryId });
  await page.getByRole("button", { name: "Done" }).click();
  expect(await page.getByText(/^passphrase of /).count()).toBe(0);
});
