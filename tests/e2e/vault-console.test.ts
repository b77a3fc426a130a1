import type { Page } from "@playwright/test";
import { and, desc, eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Pool } from "~/server/db";
import { announce } from "~/server/db/changes";
import { jobs } from "~/server/db/schema/jobs";
import { archiveLedger, vaultIncidents } from "~/server/db/schema/vault";
import { SCREEN_LAB_RUN } from "~tests/support/screens-lab";
import type { SeededFleet } from "~tests/support/screens-seed";
import { type SeededConsole, startSeededConsole } from "~tests/support/seeded-console";

/** What a person does in the console when a repository is held, and with archives that were removed. No worker runs: jobs stay queued. */

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
  expect(ui.complaints).toEqual([]);
});

const open = (path: string) => ui.open(path);

async function newestJob(
  kind: "roll-back" | "accept-state" | "trash-archives" | "bring-back-archives" | "protect-archives",
) {
  const [job] = await pool.db
    .select()
    .from(jobs)
    .where(eq(jobs.kind, kind))
    .orderBy(desc(jobs.createdAt))
    .limit(1);
  return job;
}

describe("a held repository", () => {
  it("stands above every page in a sentence, first under Needs you, and leads to its review by keyboard", async () => {
    for (const path of ["/", "/archives", `/repositories/${fleet.repositoryId}`]) {
      await open(path);
      const banner = page.getByRole("alert").filter({ hasText: "laptop-ada / main is held." });
      await banner.getByText(/3 archives vanished/).waitFor();
    }
    await open("/");
    const first = page.getByRole("region", { name: "Needs you" }).getByRole("link").first();
    expect(await first.textContent()).toMatch(/laptop-ada: repository main is held/);
    const review = page.getByRole("link", { name: "Review laptop-ada / main" });
    await review.focus();
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/incidents\/[a-z0-9]+$/);
    await page.getByRole("heading", { name: "laptop-ada / main", exact: true }).waitFor();
  });

  it("shows who did what from where, and which archives are missing", async () => {
    await open(`/incidents/${fleet.vault.heldIncidentId}`);
    const timeline = page.getByRole("table", { name: "Transactions since the last clean state" });
    const bad = timeline.getByRole("row").filter({ hasText: "203.0.113.77" });
    await bad.getByText("1\u202f204").waitFor();
    const archives = page.getByRole("table", { name: "Archives then and now" });
    expect(await archives.getByText("Missing").count()).toBe(3);
  });

  it("is accepted only with a reason, by an admin", async () => {
    await open(`/incidents/${fleet.vault.heldIncidentId}`);
    await page.getByRole("button", { name: "Accept the state as it is" }).click();
    const dialog = page.getByRole("dialog", { name: "Accept the state as it is?" });
    await dialog.getByLabel(/^Type/).fill("main");
    const confirm = dialog.getByRole("button", { name: "Accept it" });
    expect(await confirm.isDisabled()).toBe(true);
    await dialog.getByLabel("Reason").fill("I deleted them myself.");
    expect(await confirm.isDisabled()).toBe(false);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    expect((await newestJob("accept-state"))?.state).not.toBe("queued");
  });

  it("is rolled back only after its name was typed, and shows the job as it goes", async () => {
    await open(`/incidents/${fleet.vault.heldIncidentId}`);
    await page.getByRole("button", { name: "Roll back", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: "Roll back to the last clean state?" });
    const confirm = dialog.getByRole("button", { name: "Roll back", exact: true });
    expect(await confirm.isDisabled()).toBe(true);
    await dialog.getByRole("textbox").fill("mai");
    expect(await confirm.isDisabled()).toBe(true);
    await dialog.getByRole("textbox").fill("main");
    await confirm.click();
    await dialog.waitFor({ state: "hidden" });
    const job = await newestJob("roll-back");
    expect(job).toMatchObject({ state: "queued", payload: { incidentId: fleet.vault.heldIncidentId } });
    const card = page.getByRole("region", { name: "Decide" });
    await card.getByText("Queued", { exact: true }).waitFor();
    await card.getByText("Asked for by Ada Example").waitFor();
    // It stands there again after a reload: the page asks the server which job decides.
    await open(`/incidents/${fleet.vault.heldIncidentId}`);
    await page.getByRole("region", { name: "Decide" }).getByText("Queued", { exact: true }).waitFor();
  });

  it("gives the client a new line to enrol with", async () => {
    await open(`/incidents/${fleet.vault.heldIncidentId}`);
    await page.getByRole("button", { name: "Make the line" }).click();
    await page.getByRole("heading", { name: "Paste this on laptop-ada" }).waitFor();
  });

  it("loses its banner on every open page when it was decided, and says how", async () => {
    await open("/archives");
    const banner = page.getByRole("alert").filter({ hasText: "laptop-ada / main is held." });
    await banner.waitFor();
    const [incident] = await pool.db
      .update(vaultIncidents)
      .set({ resolvedAt: new Date(), resolution: "rolled-back", outcome: { archives: 22, seconds: 2.5 } })
      .where(eq(vaultIncidents.id, fleet.vault.heldIncidentId))
      .returning();
    await announce(pool.db, {
      entity: "repository",
      id: incident?.repositoryId ?? "",
      clientId: incident?.clientId ?? null,
    });
    await banner.waitFor({ state: "hidden" });
    await open(`/incidents/${fleet.vault.heldIncidentId}`);
    await page.getByText("22 archives are there again, after 3 s.").waitFor();
    expect(await page.getByRole("button", { name: "Roll back", exact: true }).count()).toBe(0);
  });
});

describe("archives that were removed", () => {
  it("are moved to the trash by their typed name, which says until when they can be brought back", async () => {
    await open(`/archives/${fleet.archiveId}`);
    await page.getByRole("button", { name: "Move to trash" }).click();
    const dialog = page.getByRole("dialog", { name: "Move this archive to the trash?" });
    await dialog.getByText(/It can be brought back for 7 days, until/).waitFor();
    const name = (await page.locator("h1").textContent()) ?? "";
    await dialog.getByRole("textbox").fill(name);
    await dialog.getByRole("button", { name: "Move to the trash" }).click();
    await page.getByRole("heading", { name: /Move archives to the trash/ }).waitFor();
    expect((await newestJob("trash-archives"))?.payload).toEqual({ archiveIds: [fleet.archiveId] });
  });

  it("stand in the trash with their end, and are brought back with one click", async () => {
    await open("/archives");
    await page.getByRole("button", { name: "Trash", exact: true }).click();
    await page.waitForURL(/trashed=yes/);
    const table = page.getByRole("table", { name: "Archives in the trash" });
    await table.waitFor();
    expect(await table.getByRole("button", { name: /^Bring back/ }).count()).toBe(3);
    await table.getByText("until the next compaction").waitFor();
    const [archive] = await pool.db
      .select({ name: archiveLedger.name })
      .from(archiveLedger)
      .where(eq(archiveLedger.id, fleet.vault.trashedArchiveId));
    await table.getByRole("button", { name: `Bring back ${archive?.name}` }).click();
    await page.getByText("The archive is being brought back").first().waitFor();
    expect((await newestJob("bring-back-archives"))?.payload).toEqual({
      archiveIds: [fleet.vault.trashedArchiveId],
    });
  });

  it("are protected and unprotected, with a mark in lists", async () => {
    await open(`/archives/${fleet.vault.protectedArchiveId}`);
    expect(await page.getByRole("button", { name: "Move to trash" }).count()).toBe(0);
    await page.getByRole("button", { name: "Unprotect" }).click();
    await page.getByText("The protection is being taken away").first().waitFor();
    expect((await newestJob("protect-archives"))?.payload).toEqual({
      archiveIds: [fleet.vault.protectedArchiveId],
      protected: false,
    });
    await open("/archives");
    const marked = page.getByRole("row").filter({ hasText: "protected" });
    expect(await marked.count()).toBe(2);
  });
});

describe("a plan's retention", () => {
  it("shows before saving what would stay and go, and why", async () => {
    await open(`/plans/${fleet.planId}/edit`);
    await page.getByText(/archives now,.*stay and.*would go/).waitFor();
    await page.getByRole("radio", { name: /^Everything, for ever/ }).click();
    await page.getByText(/archives now,.* 0 would go/).waitFor();
    await page.getByRole("radio", { name: /^My own/ }).click();
    await page.getByRole("textbox", { name: "One a day" }).fill("2");
    await page.getByRole("table", { name: "What the rules would keep" }).waitFor();
    await page
      .getByTitle(/newest of its day \(1 of 2\)/)
      .first()
      .waitFor();
    await page.getByRole("button", { name: "Save the changes" }).click();
    await page.waitForURL(new RegExp(`/plans/${fleet.planId}$`));
    await page
      .getByText(/2 daily/)
      .first()
      .waitFor();
  });
});

describe("the vault of a repository", () => {
  it("says that looser rules begin only after the window", async () => {
    await open(`/repositories/${fleet.repositoryId}`);
    await page.getByRole("button", { name: "Change the rules" }).click();
    const dialog = page.getByRole("dialog", { name: "Rules of the vault" });
    await dialog.getByLabel("Days in the trash").fill("1");
    await dialog.getByText("These rules are looser: they begin in 7 days").waitFor();
    await dialog.getByLabel("Days in the trash").fill("1000");
    await dialog.getByText("A whole number from 0 to 365.").waitFor();
    expect(await dialog.getByRole("button", { name: "Change them" }).isDisabled()).toBe(true);
    await dialog.getByLabel("Days in the trash").fill("14");
    await dialog.getByRole("button", { name: "Change them" }).click();
    await dialog.waitFor({ state: "hidden" });
    const [job] = await pool.db
      .select({ payload: jobs.payload })
      .from(jobs)
      .where(and(eq(jobs.kind, "set-vault-rules"), eq(jobs.state, "queued")));
    expect(job?.payload).toMatchObject({ trashDays: 14, floorNewest: 3 });
  });

  it("opens the calls that the gate refused in a session", async () => {
    await open(`/repositories/${fleet.vault.heldRepositoryId}`);
    await page.getByRole("button", { name: "214 calls" }).click();
    await page.getByText("A client may not destroy a repository.").waitFor();
    await page.getByText("and 211 more, which are counted but not kept").waitFor();
  });
});

it("shows the last run of the attack lab in one sentence", async () => {
  await open("/security/attack-lab");
  await page.getByText("11 attacks, 11 contained, 0 archives lost, 0 bytes lost").waitFor();
});
