import { describe, expect, it } from "vitest";
import { authorize } from "~/server/access/authorize";
import { startBackup } from "~/server/backups/start-backup";
import { listClients } from "~/server/clients/list-clients";
import { listPlans } from "~/server/plans/list-plans";
import { listRepositories } from "~/server/repositories/list-repositories";
import { recordSize } from "~/server/repositories/mark-repository";
import { getChecklist } from "~/server/system/get-checklist";
import { later, testDatabase } from "~tests/support/database";
import { enrolledClient, plan, readyRepository, reportNode } from "~tests/support/fleet";
import { endedBackup, ledgerArchive } from "~tests/support/history";

async function ready() {
  const database = await testDatabase();
  const ctx = database.ctx();
  await reportNode(ctx);
  const { id: clientId } = await enrolledClient(ctx, "web-01");
  const { id: repositoryId } = await readyRepository(ctx, clientId);
  const { id: planId } = await plan(ctx, clientId, repositoryId);
  return { database, ctx, clientId, repositoryId, planId };
}

describe("what lists tell of the past", () => {
  it("is the newest archive and the last backup that ended, each of its own", async () => {
    const { database, ctx, clientId, repositoryId, planId } = await ready();
    const { id: otherRepository } = await readyRepository(ctx, clientId, "second");
    const { id: otherPlan } = await plan(ctx, clientId, otherRepository, "Other");
    const at = (minutes: number) => database.ctx({ now: later({ minutes }) });
    await endedBackup(at(1), { clientId, planId });
    await ledgerArchive(at(1), { repositoryId, planId });
    const failed = await endedBackup(at(2), { clientId, planId }, "failed");
    await ledgerArchive(at(3), { repositoryId: otherRepository, planId: otherPlan });
    await recordSize(at(4), { repositoryId, bytes: 3_000_000_000 });
    const may = await authorize(ctx, "backup", clientId);
    const active = await startBackup(at(5), may, { planId });

    const [client] = (await listClients(at(6), { limit: 50 })).items;
    expect(client).toMatchObject({
      lastArchiveAt: later({ minutes: 3 }),
      lastBackup: { jobId: failed.jobId, state: "failed", endedAt: later({ minutes: 2 }) },
      sizeBytes: 3_000_000_000,
    });
    const [main, second] = (await listRepositories(ctx, { limit: 50 })).items;
    expect(main).toMatchObject({
      archiveCount: 1,
      lastArchiveAt: later({ minutes: 1 }),
      sizeBytes: 3_000_000_000,
    });
    expect(second).toMatchObject({ archiveCount: 1, lastArchiveAt: later({ minutes: 3 }), sizeBytes: null });
    const [other, system] = (await listPlans(ctx, { limit: 50 })).items;
    expect(system).toMatchObject({
      lastRun: { jobId: failed.jobId, state: "failed" },
      lastArchiveAt: later({ minutes: 1 }),
      activeJobId: active.jobId,
    });
    expect(other).toMatchObject({ lastRun: null, lastArchiveAt: later({ minutes: 3 }), activeJobId: null });
  });
});

describe("a client's checklist", () => {
  it("is done when its first backup is", async () => {
    const { ctx, clientId, planId } = await ready();
    const may = await authorize(ctx, "view", clientId);
    const done = async () => (await getChecklist(ctx, may)).steps.map(({ key, done }) => [key, done]);
    const before = [
      ["created", true],
      ["enrolled", true],
      ["key", true],
      ["repository", true],
    ];
    expect(await done()).toEqual([...before, ["backup", false]]);
    await endedBackup(ctx, { clientId, planId }, "failed");
    expect(await done()).toEqual([...before, ["backup", false]]);
    await endedBackup(ctx, { clientId, planId }, "warned");
    expect(await done()).toEqual([...before, ["backup", true]]);
  });
});
