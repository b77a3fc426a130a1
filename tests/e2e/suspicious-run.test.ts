import { afterAll, beforeAll, expect, it } from "vitest";
import { lookForTrouble } from "~/server/alerts/look-for-trouble";
import { type SeededConsole, startSeededConsole } from "../support/seeded-console";

let seeded: SeededConsole;

beforeAll(async () => {
  seeded = await startSeededConsole({
    prepare: async (pool) => {
      await lookForTrouble({ db: pool.db, now: new Date(), actor: { kind: "worker" } });
    },
  });
});
afterAll(() => seeded?.stop());

it("leads from the alert to what changed, to the clean set, and to a decision with a reason", async () => {
  const { page, fleet, open } = seeded;
  const { archiveId, ordinaryId } = fleet.suspicion;
  await open("/alerts?kind=backup-suspicious");
  await page
    .getByRole("link", { name: /looks suspicious/ })
    .first()
    .click();
  await page.getByRole("link", { name: "See what changed" }).click();
  await page.getByRole("heading", { name: "Suspicious run" }).waitFor();
  expect(page.url()).toContain(`/archives/${archiveId}/suspicious`);
  await page.getByText(/came back under names of another kind: mostly \.locked/).waitFor();
  await page
    .getByRole("table", { name: "Files that differ" })
    .getByText(/\.locked/)
    .first()
    .waitFor();
  await page.getByRole("button", { name: "Load more" }).click();
  await page.getByText("First 100 files shown").waitFor();

  await page.getByRole("link", { name: /Restore the clean set as of/ }).click();
  await page.waitForURL(/\/restore\?archive=.*clean=true/);
  await page.getByText(/the last archive before the suspicious run/).waitFor();

  await open(`/archives/${archiveId}`);
  await page.getByText(/looks as if its machine was encrypted or emptied/).waitFor();
  await page.getByRole("link", { name: "See what changed" }).click();
  await page.getByRole("button", { name: "This was me" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Reason" }).fill("I encrypted the shop's files myself");
  await dialog.getByRole("button", { name: "This was me" }).click();
  await page.getByText("Somebody said that this was meant").waitFor();
  await page.getByText(/I encrypted the shop's files myself/).waitFor();

  await open(`/archives/${ordinaryId}/suspicious`);
  await page.getByText("Nothing about it is unusual for its plan.").waitFor();
  await page.setViewportSize({ width: 360, height: 740 });
  await open(`/archives/${archiveId}/suspicious`);
  await page.getByText("Was meant").first().waitFor();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
  expect(wide).toBe(false);
  expect(seeded.complaints).toEqual([]);
});
