import { mkdirSync } from "node:fs";
import type { Page } from "@playwright/test";
import { desc, eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { JobKind } from "~/domain/job";
import type { Pool } from "~/server/db";
import { jobs } from "~/server/db/schema/jobs";
import { repositories } from "~/server/db/schema/repositories";
import { SCREEN_LAB_RUN } from "~tests/support/screens-lab";
import type { SeededFleet } from "~tests/support/screens-seed";
import { type SeededConsole, startSeededConsole } from "~tests/support/seeded-console";

/** What a person does with a repository beside its vault: check, name, quotas, lock, deletion. No worker runs: jobs stay queued. */

let ui: SeededConsole;
let pool: Pool;
let page: Page;
let fleet: SeededFleet;

beforeAll(async () => {
  ui = await startSeededConsole({ labRun: SCREEN_LAB_RUN });
  ({ pool, page, fleet } = ui);
});

afterAll(async () => {
  await ui?.stop();
  // The browser itself tells of the one deletion that is refused.
  expect(ui.complaints.filter((one) => !one.includes("409 (Conflict)"))).toEqual([]);
});

const open = (path: string) => ui.open(path);

/** For a person to look at; only where a folder is asked for. */
async function show(name: string): Promise<void> {
  const folder = process.env.SHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}

async function newest(kind: JobKind) {
  const [job] = await pool.db
    .select()
    .from(jobs)
    .where(eq(jobs.kind, kind))
    .orderBy(desc(jobs.createdAt))
    .limit(1);
  return job;
}

async function row() {
  const [found] = await pool.db.select().from(repositories).where(eq(repositories.id, fleet.repositoryId));
  if (!found) throw new Error("the repository is missing");
  return found;
}

it("is checked, and damage stands above what was covered", async () => {
  const at = new Date().toISOString();
  const say = "Segment 6 is damaged at byte 49: an entry differs from its checksum.";
  await pool.db
    .update(repositories)
    .set({
      coverage: {
        ...{ totalBytes: 4e11, coveredBytes: 3.8e11, oldestReadAt: at, measuredAt: at },
        lastCheck: { kind: "rolling", at, ok: false, say },
      },
    })
    .where(eq(repositories.id, fleet.repositoryId));
  await open(`/repositories/${fleet.repositoryId}`);
  await page.getByText("A check found damage").waitFor();
  await page.getByText(say).waitFor();
  await page.getByText(/95 % of/).waitFor();
  await show("repository");
  await page.getByRole("button", { name: "Full check" }).click();
  await page.getByText("The check is asked for").waitFor();
  expect((await newest("check"))?.payload).toMatchObject({ kind: "full" });
});

it("gets another name and quotas", async () => {
  const before = await row();
  await page.getByRole("button", { name: "Rename" }).click();
  await page.getByLabel("New name").fill("attic");
  await page.getByRole("dialog").getByRole("button", { name: "Rename" }).click();
  await page.getByRole("heading", { name: "attic", exact: true }).waitFor();
  await page
    .getByRole("region", { name: "Facts" })
    .getByRole("button", { name: "Change", exact: true })
    .click();
  await page.getByLabel("Hard quota in GiB").fill("0.001");
  await page.getByText(/borg takes no quota below 10 MB/).waitFor();
  await page.getByLabel("Hard quota in GiB").fill("900");
  await page.getByLabel("Soft quota in GiB").fill("800");
  await show("quotas");
  await page.getByRole("button", { name: "Change them" }).click();
  await page.getByText("The quotas are changed").waitFor();
  expect(await row()).toMatchObject({
    name: "attic",
    softQuotaBytes: 800 * 2 ** 30,
    quotaBytes: before.quotaBytes,
  });
  expect((await newest("set-quota"))?.payload).toEqual({ quotaBytes: 900 * 2 ** 30 });
});

it("is not deleted while plans use it; without them it goes by its name and comes back", async () => {
  const remove = async () => {
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByLabel(/Type attic to go on/).fill("attic");
    await show("delete");
    await page.getByRole("button", { name: "Delete it" }).click();
  };
  await remove();
  await page.getByText(/backs? up into it/).waitFor();
  await page.getByRole("button", { name: "Keep it" }).click();
  await pool.sql`update plans set removed_at = now() where repository_id = ${fleet.repositoryId}`;
  await open(`/repositories/${fleet.repositoryId}`);
  await remove();
  await page.getByText("This repository is going to be deleted").waitFor();
  await show("deleted");
  expect((await row()).deleteAfter).not.toBe(null);
  await open("/repositories");
  await page.getByRole("heading", { name: "Going to be deleted" }).waitFor();
  await show("repositories");
  await page.getByRole("link", { name: /^attic of/ }).click();
  await page.getByRole("button", { name: "Keep it" }).click();
  await page.getByText("attic stays").waitFor();
  expect(await row()).toMatchObject({ removedAt: null, deleteAfter: null });
  expect((await newest("undo-deletion"))?.repositoryId).toBe(fleet.repositoryId);
});

it("has its lock broken through a job that shows what was found", async () => {
  await page.getByRole("button", { name: "Break the lock" }).click();
  await page.getByRole("button", { name: "Look, and break it if nobody is in" }).click();
  await page.waitForURL(/\/jobs\//);
  await page.getByRole("heading", { name: /Break the lock/ }).waitFor();
});

it("is maintained in windows that an admin sets", async () => {
  await open("/settings/maintenance");
  await page.getByRole("button", { name: "Add a window" }).click();
  await page.getByLabel("Every byte within").fill("14");
  await show("maintenance");
  await page.setViewportSize({ width: 360, height: 800 });
  await show("maintenance-phone");
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  await page.setViewportSize({ width: 1280, height: 720 });
  await page.getByRole("button", { name: "Save the changes" }).click();
  await page.getByText("The settings are saved").waitFor();
  await open("/settings/maintenance");
  expect(await page.getByLabel("Every byte within").inputValue()).toBe("14");
  expect(await page.getByLabel("Window 1 from").inputValue()).toBe("01:00");
});

it("is made with a mode that is warned of where it encrypts nothing", async () => {
  await open("/repositories/new");
  await page.getByLabel("Encryption").click();
  await page.getByRole("option", { name: /^none/ }).click();
  await page.getByText("This repository is not encrypted").waitFor();
  await show("new");
});

it("is imported: asked for with what it needs, looked at, and taken in only then", async () => {
  await open("/repositories");
  await page.getByRole("link", { name: "Import", exact: true }).click();
  const folder = page.getByRole("row", { name: /laptop-of-grace/ });
  await folder.getByRole("button", { name: "Import" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Read it first" }).click();
  await dialog.getByText("borg cannot read it without.").waitFor();
  await dialog.getByText("It begins with the word BORG_KEY.").waitFor();
  await dialog.getByRole("combobox", { name: "Client" }).click();
  await page.getByRole("option", { name: /web-01/ }).click();
  await dialog.getByLabel("Passphrase").fill("of grace");
  await dialog.getByLabel("Exported key").fill("BORG_KEY 5e5e");
  await show("import-dialog");
  await dialog.getByRole("button", { name: "Read it first" }).click();
  await page.getByRole("article", { name: "Import of laptop-of-grace" }).getByText("Reading").waitFor();
  expect(await newest("inspect-import")).toMatchObject({ clientId: fleet.clientIds["web-01"] });

  const found = page.getByRole("article", { name: "Import of wiki-backups" });
  await found.getByText("The newest 20 archives").click();
  await found.getByText("wiki-2026-11-22").waitFor();
  await show("import");
  await found.getByRole("button", { name: "Take it in" }).click();
  await found.getByText("Taking in").waitFor();
  expect((await newest("adopt-repository"))?.payload).toEqual({ importId: "importedwaits" });
  const refused = page.getByRole("article", { name: "Import of db-dumps" });
  await refused.getByRole("button", { name: "Leave it there" }).click();
  await refused.waitFor({ state: "detached" });
});

it("shares a quota with the other repositories of its client", async () => {
  await open(`/clients/${fleet.clientIds["web-01"]}`);
  const quota = page.getByRole("region", { name: "Quota" });
  await quota.getByText(/of 400 GiB/).waitFor();
  await quota.getByRole("button", { name: "Change" }).click();
  await page.getByLabel("Hard quota in GiB").fill("100");
  await page.getByLabel("Soft quota in GiB").fill("");
  await show("client-quota");
  await page.getByRole("button", { name: "Change them" }).click();
  await quota.getByText(/No backup is let in until/).waitFor();
  expect((await newest("set-client-quota"))?.payload).toEqual({ quotaBytes: 100 * 2 ** 30 });
});
