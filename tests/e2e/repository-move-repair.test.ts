import { mkdirSync } from "node:fs";
import type { Page } from "@playwright/test";
import { desc, eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { JobKind } from "~/domain/job";
import type { Pool } from "~/server/db";
import { jobs } from "~/server/db/schema/jobs";
import { repositories } from "~/server/db/schema/repositories";
import type { SeededFleet } from "~tests/support/screens-seed";
import { type SeededConsole, startSeededConsole } from "~tests/support/seeded-console";

/** A repository goes to another disk, is repaired, and somebody decides on the repair. No worker runs: jobs stay as they are put. */

let ui: SeededConsole;
let pool: Pool;
let page: Page;
let fleet: SeededFleet;

beforeAll(async () => {
  ui = await startSeededConsole({ prepare });
  ({ pool, page, fleet } = ui);
});

afterAll(async () => {
  await ui?.stop();
  expect(ui.complaints).toEqual([]);
});

/** Three locations, damage that a check found, and a repair that waits for somebody. */
async function prepare({ db, sql }: Pool, seeded: SeededFleet) {
  const places = [
    { name: "main", problem: null, freeBytes: 4e11, totalBytes: 9e11 },
    { name: "nas", problem: null, freeBytes: 8e12, totalBytes: 9e12 },
    { name: "usb", problem: "its disk is not mounted.", freeBytes: 0, totalBytes: 0 },
  ];
  await sql`
    update system_node_status set status = jsonb_set(status, '{locations}', ${JSON.stringify(places)}::text::jsonb)`;
  const at = new Date().toISOString();
  const say = "Segment 6 is damaged at byte 49: an entry differs from its checksum.";
  await db
    .update(repositories)
    .set({
      heldAt: null,
      coverage: {
        ...{ totalBytes: 4e11, coveredBytes: 3.8e11, oldestReadAt: at, measuredAt: at },
        lastCheck: { kind: "rolling", at, ok: false, say },
      },
    })
    .where(eq(repositories.id, seeded.repositoryId));
  await sql`
    update jobs set state = 'succeeded', ended_at = now(), lease_expires_at = null
    where repository_id = ${seeded.repositoryId} and state in ('assigned', 'running')`;
  await sql`update vault_incidents set evidence = '[{"kind":"repair-undecided"}]' where resolved_at is null`;
}

/** For a person to look at; only where a folder is asked for. */
async function show(name: string): Promise<void> {
  const folder = process.env.SHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.screenshot({ path: `${folder}/${name}-${scheme}.png`, fullPage: true });
  }
  await page.setViewportSize({ width: 360, height: 800 });
  await page.screenshot({ path: `${folder}/${name}-phone.png`, fullPage: true });
  await page.setViewportSize({ width: 1280, height: 720 });
  await page.emulateMedia({ colorScheme: "light" });
}

async function newest(kind: JobKind) {
  const [job] = await pool.db
    .select()
    .from(jobs)
    .where(eq(jobs.kind, kind))
    .orderBy(desc(jobs.createdAt))
    .limit(1);
  if (!job) throw new Error(`no job ${kind}`);
  return job;
}

it("is moved to a location by its name, with what that costs, and the job says how far it is", async () => {
  await ui.open(`/repositories/${fleet.repositoryId}`);
  await page.getByText("It lies in main.").waitFor();
  await page.getByRole("button", { name: "Move", exact: true }).click();
  await page.getByText("It cannot be used now: its disk is not mounted.").waitFor();
  await page.getByText("It lies there.").waitFor();
  await page.getByRole("radio", { name: /nas/ }).click();
  await show("move");
  await page.getByRole("button", { name: "Move it" }).click();
  await page.waitForURL(/\/jobs\//);
  await page.getByRole("heading", { name: /Move the repository/ }).waitFor();
  const job = await newest("move-repository");
  expect(job.payload).toEqual({ location: "nas" });
  await pool.db
    .update(jobs)
    .set({
      ...{
        state: "running",
        startedAt: new Date(),
        assignedAt: new Date(),
        leaseExpiresAt: new Date(Date.now() + 9e6),
      },
      progress: {
        ...{ phase: "copying", files: 0, compressedBytes: 0, deduplicatedBytes: 0, totalFiles: null },
        ...{ originalBytes: 1e11, totalBytes: 4e11, currentPath: null, at: new Date().toISOString() },
      },
    })
    .where(eq(jobs.id, job.id));
  await ui.open(`/jobs/${job.id}`);
  await page.getByText("Copying, and reading back what was copied").waitFor();
  await show("moving");
  await page
    .getByRole("button", { name: /Cancel/ })
    .first()
    .waitFor();
  await pool.sql`update jobs set state = 'cancelled', ended_at = now(), lease_expires_at = null where id = ${job.id}`;
});

it("is repaired by its typed name", async () => {
  await ui.open(`/repositories/${fleet.repositoryId}`);
  const { name } = (
    await pool.db.select().from(repositories).where(eq(repositories.id, fleet.repositoryId))
  )[0] ?? { name: "" };
  await page.getByRole("button", { name: "Repair", exact: true }).click();
  await page.getByRole("textbox", { name: /to go on/ }).fill(name);
  await show("repair");
  await page.getByRole("button", { name: "Repair it" }).click();
  await page.waitForURL(/\/jobs\//);
  expect((await newest("repair-repository")).repositoryId).toBe(fleet.repositoryId);
});

it("has a repair that waits undone or accepted, and nothing else", async () => {
  const [incident] = await pool.sql`
    select i.id, r.name, r.id as "repositoryId" from vault_incidents i join repositories r on r.id = i.repository_id
    where i.resolved_at is null limit 1`;
  await ui.open(`/incidents/${incident?.id}`);
  await page.getByRole("heading", { name: "Accept the repaired state" }).waitFor();
  expect(await page.getByRole("button", { name: "Roll back" }).count()).toBe(0);
  await show("decide");
  await page.getByRole("button", { name: "Undo the repair" }).click();
  await page.getByRole("textbox", { name: /to go on/ }).fill(incident?.name);
  await page.getByRole("button", { name: "Undo it" }).click();
  await page.getByRole("link", { name: "Undo the repair" }).waitFor();
  expect((await newest("undo-repair")).repositoryId).toBe(incident?.repositoryId);
});
