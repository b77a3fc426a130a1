import { expect, it } from "vitest";
import { lookForTrouble } from "~/server/alerts/look-for-trouble";
import { createClient } from "~/server/clients/create-client";
import { plans } from "~/server/db/schema/plans";
import { getOverview } from "~/server/system/get-overview";
import { agentWorld, pollOk, reportOk } from "~tests/support/agent-world";
import { ledgerArchive } from "~tests/support/archive-world";
import { later } from "~tests/support/database";
import { holdRepository, vaultWorld } from "~tests/support/vault-world";

it("counts the fleet, shows what runs, what ended and what needs a person", async () => {
  const world = await agentWorld();
  await createClient(world.admin(), { name: "db-01" });
  await ledgerArchive(world);
  const failed = await world.startBackup();
  await pollOk(world);
  await reportOk(world, failed, {
    state: "failed",
    problem: { code: "source-missing", say: "/srv is not there." },
  });
  const running = await world.startBackup();
  await pollOk(world);
  await reportOk(world, running);
  const overview = await getOverview(world.admin());
  expect(overview.counts).toEqual({
    ...{ clients: 2, online: 1, offline: 0, awaiting: 1, problem: 0 },
    ...{ asPromised: 1, proven: 0, unproven: 0, overdue: 0 },
  });
  expect(overview.running.map((job) => job.id)).toEqual([running]);
  expect(overview.recent.map((job) => job.id)).toEqual([failed]);
  expect(overview.archives.count).toBe(1);
  expect(overview.storage).toMatchObject({ freeBytes: 5_000_000_000 });
  expect(overview.needsYou.map((need) => need.kind)).toEqual(["job-failed", "client-waiting"]);
  expect(overview.needsYou.find((need) => need.kind === "job-failed")).toMatchObject({
    jobId: failed,
    say: expect.stringContaining("/srv is not there."),
  });
  const row = overview.grid.find((one) => one.clientId === world.client.id);
  expect(row?.days).toHaveLength(30);
  expect(row?.days.at(-1)).toMatchObject({ state: "failed", jobId: failed });
  expect(row?.days.slice(0, -1).every((day) => day.state === "none")).toBe(true);
});

it("calls a client overdue when a plan of it breaks its own promise, and leads to the alert of it", async () => {
  const world = await agentWorld();
  await ledgerArchive(world);
  const objectives = { rpoHours: 48, restoreProvenDays: null, offsiteHours: null };
  await world.database.pool.db.update(plans).set({ objectives });
  const ctx = (hours: number) => world.database.ctx({ now: later({ hours }, new Date()) });
  expect((await getOverview(ctx(47))).counts).toMatchObject({ asPromised: 1, overdue: 0 });
  await lookForTrouble({ ...ctx(49), actor: { kind: "worker" } });
  const overview = await getOverview(ctx(49));
  expect(overview.counts).toMatchObject({ asPromised: 0, overdue: 1 });
  // Both began at the same instant.
  const needs = overview.needsYou.toSorted((a, b) => (a.say < b.say ? 1 : -1));
  expect(needs).toMatchObject([
    { kind: "alert-serious", say: expect.stringContaining("does not keep its promise") },
    { kind: "alert-warning", say: expect.stringContaining("no recovery key") },
    { kind: "alert-serious", say: expect.stringContaining("Storage node main is silent") },
  ]);
});

it("puts a held repository before everything else that needs a person, with its incident", async () => {
  const world = await vaultWorld();
  await createClient(world.admin(), { name: "db-01" });
  holdRepository(world.keeper);
  world.keeper.script["review-hold"] = () => ({
    output: { transactions: [], archivesThen: [], archivesNow: [], truncated: false },
  });
  await world.audit();
  const { items } = await world.console.vault.incidents({ open: true });
  const [first, ...others] = (await getOverview(world.admin())).needsYou;
  expect(first).toMatchObject({
    kind: "repository-held",
    incidentId: items[0]?.id,
    say: expect.stringContaining("3 archives vanished"),
  });
  expect(others.map((need) => need.kind)).toContain("client-waiting");
});
