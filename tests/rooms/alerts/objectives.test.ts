import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { readObjectives } from "~/server/alerts/read-objectives";
import { createCaller } from "~/server/api/root";
import { newId } from "~/server/db/new-id";
import { planCopies, plans } from "~/server/db/schema/plans";
import { scheduleRuns } from "~/server/db/schema/schedules";
import { archiveLedger } from "~/server/db/schema/vault";
import { type AlertWorld, alertWorld, DAILY } from "~tests/support/alert-world";
import { later, TEST_START } from "~tests/support/database";
import { enrolledClient, plan, readyRepository } from "~tests/support/fleet";

async function objectiveOf(world: AlertWorld, minutes = 0) {
  const { db } = world.database.pool;
  const [judged] = await readObjectives(
    { db, now: later({ minutes }) },
    { where: eq(plans.id, world.planId) },
  );
  return judged;
}
const stateOf = async (world: AlertWorld, minutes = 0) => (await objectiveOf(world, minutes))?.state;

describe("a plan's objective", () => {
  it("counts archives that the ledger holds, not what an agent says of its backups", async () => {
    const world = await alertWorld();
    await world.job({ state: "succeeded", endedAt: TEST_START });
    expect(await stateOf(world, 1)).toBe("unproven");
    const id = await world.archive();
    expect(await stateOf(world, 1)).toBe("ok");
    const ledger = world.database.pool.db.update(archiveLedger);
    await ledger.set({ trashedAt: TEST_START }).where(eq(archiveLedger.id, id));
    expect(await stateOf(world, 1)).toBe("unproven");
  });

  it("is overdue by its calendar when a due time passed without an archive, what blackouts swallowed left out", async () => {
    const world = await alertWorld();
    await world.archive();
    const next = { nextDueAt: later({ hours: 64 }), nextRunAt: later({ hours: 64 }) };
    const scheduleId = await world.schedule(DAILY, next);
    const due = (hours: number, code: string | null) =>
      world.database.pool.db.insert(scheduleRuns).values({
        ...{ scheduleId, dueAt: later({ hours }), clientId: world.clientId, decidedAt: later({ hours }) },
        ...(code === null
          ? { outcome: "queued" as const }
          : { outcome: "skipped" as const, reason: { code, say: "x" } }),
      });
    await due(16, "blackout");
    expect(await stateOf(world, 39 * 60)).toBe("ok");
    await due(40, null);
    expect(await stateOf(world, 51 * 60)).toBe("ok");
    expect(await objectiveOf(world, 53 * 60)).toMatchObject({
      state: "breached",
      dueBy: later({ hours: 52 }),
    });
    await world.archive(54 * 60);
    expect(await stateOf(world, 55 * 60)).toBe("ok");
    expect(await stateOf(world, 80 * 60)).toBe("breached");
    await world.schedule(DAILY, { enabled: false });
    expect(await stateOf(world, 800 * 60)).toBe("ok");
  });

  it("is proven by a restore that left nothing out, not by one that did", async () => {
    const world = await alertWorld();
    await world.archive();
    const restore = (result: object) =>
      world.job({
        kind: "restore",
        lane: "restore",
        state: "succeeded",
        endedAt: TEST_START,
        result: { kind: "restore", ...result },
      });
    await restore({ files: 3, skippedCount: 1 });
    await restore({ files: 0, skippedCount: 0 });
    expect(await stateOf(world)).toBe("ok");
    await restore({ files: 3, skippedCount: 0 });
    expect(await stateOf(world)).toBe("proven");
    expect(await stateOf(world, 91 * 24 * 60)).toBe("ok");
  });

  it("stands as its worst repository does, and names it", async () => {
    const world = await alertWorld();
    const { id: repositoryId } = await readyRepository(world.database.ctx(), world.clientId, "second");
    await world.database.pool.db.insert(planCopies).values({ planId: world.planId, repositoryId });
    await world.archive();
    expect(await objectiveOf(world)).toMatchObject({
      ...{ state: "unproven", say: "second: There is no audited archive yet." },
      repositories: expect.arrayContaining([
        expect.objectContaining({ repositoryName: "main", state: "ok" }),
        expect.objectContaining({ repositoryName: "second", state: "unproven" }),
      ]),
    });
  });

  it("looking only at what may be late finds every plan that is", async () => {
    const world = await alertWorld();
    const { db } = world.database.pool;
    const ctx = world.database.ctx();
    const promises = [
      { rpoHours: 5, restoreProvenDays: null, offsiteHours: null },
      { rpoHours: 50, restoreProvenDays: null, offsiteHours: null },
      { rpoHours: null, restoreProvenDays: 1, offsiteHours: null },
      { rpoHours: null, restoreProvenDays: null, offsiteHours: null },
    ];
    for (const [n, objectives] of promises.entries()) {
      const { id } = await plan(ctx, world.clientId, world.repositoryId, `Plan ${n}`);
      await db.update(plans).set({ objectives }).where(eq(plans.id, id));
      await world.archive(0, { planId: id, id: newId() });
    }
    await world.schedule(DAILY);
    for (const hours of [1, 6, 16, 17, 18, 30, 60]) {
      const at = { db, now: later({ hours }) };
      const late = async (lateOnly: boolean) =>
        (await readObjectives(at, { lateOnly }))
          .filter((one) => one.state === "breached")
          .map((one) => one.planId);
      expect(await late(true)).toEqual(await late(false));
    }
  });
});

it("marks plans and clients in their lists, and is asked for one plan", async () => {
  const world = await alertWorld();
  const ctx = world.database.ctx({ now: later({ hours: 9 }) });
  const other = await enrolledClient(ctx, "db-01");
  const objectives = { rpoHours: 6, restoreProvenDays: null, offsiteHours: null };
  await world.database.pool.db.update(plans).set({ objectives });
  await world.archive();
  const caller = createCaller({ ...ctx, peer: null });
  const say = "Overdue for 3 h: the newest audited archive is 9 h old; one is promised every 6 h.";
  expect((await caller.plans.list({ limit: 5 })).items).toMatchObject([
    { objective: { state: "breached", say } },
  ]);
  expect((await caller.clients.list({ limit: 5 })).items).toMatchObject([
    { id: other.id, objective: null },
    { id: world.clientId, objective: { state: "breached", say: `System: ${say}` } },
  ]);
  expect(await caller.plans.objective({ id: world.planId })).toMatchObject({
    repositories: [{ repositoryName: "main", lastArchiveAt: TEST_START, reasons: ["overdue"] }],
  });
});
