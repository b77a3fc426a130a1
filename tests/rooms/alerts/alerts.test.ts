import { eq, sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { SETTINGS } from "~/domain/settings";
import { acknowledgeAlerts } from "~/server/alerts/acknowledge-alerts";
import { escalateAlerts } from "~/server/alerts/escalate-alerts";
import { lookForTrouble } from "~/server/alerts/look-for-trouble";
import { newId } from "~/server/db/new-id";
import { clientGaps, clients } from "~/server/db/schema/clients";
import { journalEntries } from "~/server/db/schema/journal";
import { plans } from "~/server/db/schema/plans";
import { repositories } from "~/server/db/schema/repositories";
import { scheduleRuns, schedules } from "~/server/db/schema/schedules";
import { vaultIncidents } from "~/server/db/schema/vault";
import { appendEntry } from "~/server/journal/append-entry";
import { saveSetting } from "~/server/settings/save-setting";
import { type AlertWorld, alertWorld, DAILY, receiver, reportRoom } from "~tests/support/alert-world";
import { later } from "~tests/support/database";

/** Of the fleet: the server's own backups are watched in rooms/system/self-backup. */
const kindsOf = async (world: AlertWorld) =>
  (await world.rows())
    .filter((row) => row.resolvedAt === null && row.kind !== "no-recovery-key")
    .map((row) => row.kind);
const failed = (minutes: number) => ({
  ...{ state: "failed" as const, createdAt: later({ minutes }), endedAt: later({ minutes }) },
  problem: { code: "source-missing", say: "/srv is not there." },
});

/** As after its first clean audit. */
async function sealed(world: AlertWorld): Promise<void> {
  await world.database.pool.sql`insert into vault_states (repository_id, state, updated_at)
    values (${world.repositoryId}, '{"seals": [{}]}', now())`;
}

describe("an alert", () => {
  it("is opened once for a thing that stays wrong, and resolved by the look that finds it right", async () => {
    const world = await alertWorld();
    const jobId = await world.job(failed(1));
    for (const minute of [2, 3, 4]) await world.look(minute);
    const [alert, ...others] = await world.rows();
    expect(others).toEqual([]);
    expect(alert).toMatchObject({
      ...{
        kind: "backup-failed",
        severity: "serious",
        clientId: world.clientId,
        planId: world.planId,
        jobId,
      },
      title: "web-01: backup System failed",
      say: expect.stringContaining("/srv is not there."),
      ...{ openedAt: later({ minutes: 2 }), times: 1, resolvedAt: null },
    });
    await world.job({ ...failed(5), state: "succeeded", problem: null });
    await world.look(6);
    expect(await world.rows()).toMatchObject([{ id: alert?.id, resolvedAt: later({ minutes: 6 }) }]);
  });

  it("waits for the tries that are made by themselves, and counts another failure as once more", async () => {
    const world = await alertWorld();
    await world.job(failed(1));
    const again = await world.job({
      createdAt: later({ minutes: 2 }),
      notBefore: later({ minutes: 7 }),
      tries: 1,
    });
    await world.look(3);
    expect(await world.rows()).toEqual([]);
    await world.database.pool
      .sql`update jobs set state = 'failed', ended_at = ${later({ minutes: 8 }).toISOString()} where id = ${again}`;
    await world.look(9);
    await world.job(failed(10));
    await world.look(11);
    expect(await world.rows()).toMatchObject([{ times: 2, openedAt: later({ minutes: 9 }) }]);
  });

  it("is quiet about warnings, about what a person cancelled, and about success", async () => {
    const world = await alertWorld();
    await world.archive();
    for (const state of ["warned", "cancelled", "succeeded"] as const) {
      await world.job({ ...failed(1), state });
      await world.look(2);
    }
    expect(await world.rows()).toEqual([]);
  });

  it("stays one alert while its thing flaps: nobody is told twice, and of its end only when it lasts", async () => {
    const world = await alertWorld();
    const hook = await receiver();
    await world.channel({ url: hook.url });
    const db = world.database.pool.db;
    const size = (bytes: number) => db.update(repositories).set({ softQuotaBytes: 100, sizeBytes: bytes });
    for (const minute of [0, 20, 40, 60]) {
      await size(200);
      await world.look(minute);
      await world.send(minute);
      await size(50);
      await world.look(minute + 10);
      await world.send(minute + 10);
    }
    expect(await world.rows()).toMatchObject([{ kind: "quota-soft", times: 4 }]);
    expect(hook.got).toHaveLength(1);
    await world.send(101);
    expect(hook.got.map(({ body }) => JSON.parse(body).event)).toEqual(["opened", "resolved"]);
    await size(200);
    await world.look(200);
    expect(await world.rows()).toHaveLength(2);
  });

  it("is opened once when two workers look at once", async () => {
    const world = await alertWorld();
    await world.job(failed(1));
    const hook = await receiver();
    await world.channel({ url: hook.url });
    await Promise.all(
      [1, 2, 3, 4].map(() => lookForTrouble(world.database.workerCtx(later({ minutes: 2 })))),
    );
    await world.send(2);
    expect(await world.rows()).toHaveLength(1);
    expect(hook.got).toHaveLength(1);
  });

  it("that nobody acknowledges is told once more, to channels that did not want to know of it too", async () => {
    const world = await alertWorld();
    const [loud, quiet] = [await receiver(), await receiver()];
    await world.channel({ url: loud.url, minSeverity: "warning" });
    await world.channel({ url: quiet.url, minSeverity: "critical" });
    await world.job(failed(1));
    await world.look(2);
    await world.send(2);
    expect([loud.got.length, quiet.got.length]).toEqual([1, 0]);
    const escalate = (hours: number) => escalateAlerts(world.database.workerCtx(later({ hours })));
    expect(await escalate(3)).toEqual({ escalated: 0 });
    expect(await escalate(5)).toEqual({ escalated: 1 });
    expect(await escalate(6)).toEqual({ escalated: 0 });
    await world.send(6 * 60);
    expect(JSON.parse(quiet.got[0]?.body ?? "{}")).toMatchObject({ event: "escalated", severity: "serious" });
    expect(loud.got).toHaveLength(2);
  });

  it("that somebody acknowledged is not, and the journal tells who did", async () => {
    const world = await alertWorld();
    await world.job(failed(1));
    await world.look(2);
    const [alert] = await world.rows();
    const ctx = { ...world.database.ctx({ now: later({ minutes: 3 }) }), actor: world.database.admin };
    const ids = [alert?.id ?? "", newId()];
    expect(await acknowledgeAlerts(ctx, { ids })).toEqual({ acknowledged: 1 });
    expect(await acknowledgeAlerts(ctx, { ids })).toEqual({ acknowledged: 0 });
    expect(await escalateAlerts(world.database.workerCtx(later({ hours: 9 })))).toEqual({ escalated: 0 });
    const [entry] = await world.database.pool.db
      .select()
      .from(journalEntries)
      .where(eq(journalEntries.action, "alert.acknowledged"));
    expect(entry).toMatchObject({ actorName: "Ada Admin", clientId: world.clientId });
  });
});

describe("what is watched", () => {
  it("a plan whose promised archive does not come, by its own RPO", async () => {
    const world = await alertWorld();
    await world.archive();
    const objectives = { rpoHours: 6, restoreProvenDays: null, offsiteHours: null };
    await world.database.pool.db.update(plans).set({ objectives });
    await world.look(5 * 60);
    expect(await kindsOf(world)).toEqual([]);
    await world.look(7 * 60);
    expect(await kindsOf(world)).toEqual(["objective-breached"]);
    await world.archive(8 * 60);
    await world.look(8 * 60 + 1);
    expect(await kindsOf(world)).toEqual([]);
  });

  it("a machine that is silent, only when something of it is due", async () => {
    const world = await alertWorld();
    const seen = later({});
    await world.database.pool.db.update(clients).set({ lastSeenAt: seen });
    await world.look(600);
    expect(await kindsOf(world)).toEqual([]);
    const scheduleId = await world.schedule(DAILY, {
      nextRunAt: later({ hours: 40 }),
      nextDueAt: later({ hours: 40 }),
    });
    await world.look(601);
    expect(await kindsOf(world)).toEqual([]);
    await world.database.pool.db.insert(scheduleRuns).values({
      ...{ scheduleId, dueAt: later({ hours: 9 }), clientId: world.clientId, outcome: "queued" },
      ...{ decidedAt: later({ hours: 9 }), runId: newId() },
    });
    await world.look(602);
    expect(await kindsOf(world)).toEqual(["client-silent"]);
    const timing = { kind: "available", everyHours: 24, onMains: true, notMetered: true } as const;
    await world.database.pool.db.update(schedules).set({ schedule: { ...DAILY, timing } });
    await world.look(602);
    expect(await kindsOf(world)).toEqual([]);
    await world.database.pool.db.update(clients).set({ lastSeenAt: later({ minutes: 603 }) });
    await world.look(604);
    expect(await kindsOf(world)).toEqual([]);
  });

  it("runs that are skipped three times in a row", async () => {
    const world = await alertWorld();
    const scheduleId = await world.schedule(DAILY, {
      nextRunAt: later({ hours: 90 }),
      nextDueAt: later({ hours: 90 }),
    });
    const skip = (hours: number) =>
      world.database.pool.db.insert(scheduleRuns).values({
        ...{ scheduleId, dueAt: later({ hours }), clientId: world.clientId, outcome: "skipped" },
        ...{ decidedAt: later({ hours }), reason: { code: "start-by-passed", say: "It was off." } },
      });
    await world.archive(80 * 60);
    await world.database.pool.db.update(clients).set({ lastSeenAt: later({ hours: 80 }) });
    for (const hours of [2, 26]) await skip(hours);
    await world.look(80 * 60);
    expect(await kindsOf(world)).toEqual([]);
    await skip(50);
    await world.look(80 * 60);
    expect(await kindsOf(world)).toEqual(["backup-skipped"]);
  });

  it("room, quotas, held repositories, checks, maintenance, gaps, the journal and the node", async () => {
    const world = await alertWorld();
    const { db } = world.database.pool;
    await db.update(repositories).set({
      ...{ sizeBytes: 99, quotaBytes: 100, softQuotaBytes: 50 },
      coverage: {
        ...{ totalBytes: 9, coveredBytes: 9, oldestReadAt: null, measuredAt: later({}).toISOString() },
        lastCheck: { kind: "full", at: later({}).toISOString(), ok: false, say: "2 segments are damaged." },
      },
    });
    await db.insert(vaultIncidents).values({
      ...{ id: newId(), repositoryId: world.repositoryId, clientId: world.clientId, openedAt: later({}) },
      ...{ evidence: [], sessions: [], lastCleanAt: null, lastCleanArchives: 1 },
    });
    await world.job({ ...failed(1), kind: "compact", executor: "worker", lane: "storage", planId: null });
    await db.insert(clientGaps).values({
      ...{ clientId: world.clientId, path: "/srv/new", kind: "mount", foundAt: later({}) },
    });
    const at = (minutes: number) => world.database.workerCtx(later({ minutes }));
    await reportRoom(at(2), 100_000_000);
    await db.transaction((tx) =>
      appendEntry({ ...at(2), db: tx }, { action: "journal.broken", say: "Entry 4 does not follow." }),
    );
    await lookForTrouble(at(2));
    const open = await world.rows();
    expect(open.map((row) => row.kind).sort()).toEqual([
      ...["check-failed", "journal-broken", "maintenance-failed", "plan-gap", "quota-hard"],
      ...["repository-quarantined", "storage-full"],
    ]);
    expect(open.find((row) => row.kind === "check-failed")).toMatchObject({
      severity: "critical",
      say: expect.stringContaining("2 segments are damaged."),
    });
    await lookForTrouble(at(20));
    expect(await kindsOf(world)).toContain("storage-node-silent");
  });

  it("a repository that was not read again in time; reading it again, or promising nothing, ends it", async () => {
    const world = await alertWorld();
    const { db } = world.database.pool;
    const day = 24 * 60;
    await world.archive();
    const look = async (days: number) => {
      await world.look(days * day);
      return kindsOf(world);
    };
    const coverage = (days: number, overdueBytes: number) =>
      db.update(repositories).set({
        coverage: {
          ...{ totalBytes: 9, coveredBytes: 9 - overdueBytes, overdueBytes, lastCheck: null },
          ...{ oldestReadAt: null, measuredAt: later({ minutes: days * day }).toISOString() },
        },
      });
    await sealed(world);
    expect(await look(29)).toEqual([]);
    expect(await look(31)).toEqual(["coverage-behind"]);
    await coverage(31, 0);
    expect(await look(32)).toEqual([]);
    await coverage(32, 4);
    expect(await look(33)).toEqual(["coverage-behind"]);
    const open = (await world.rows()).find(
      (row) => row.resolvedAt === null && row.kind === "coverage-behind",
    );
    expect(open).toMatchObject({
      ...{ severity: "warning", repositoryId: world.repositoryId, clientId: world.clientId },
      say: expect.stringContaining("4 B of 9 B were not read again within 30 days."),
    });
    await saveSetting(world.database.ctx(), {
      name: "maintenance",
      value: { ...SETTINGS.maintenance.parse({}), rollingChecks: false },
    });
    expect(await look(34)).toEqual([]);
  });

  it("leaves the others alone when one look fails", async () => {
    const world = await alertWorld();
    await world.job(failed(1));
    // What no program of ours writes.
    await world.database.pool.db.update(repositories).set({ coverage: sql`'{"lastCheck":{"ok":false}}'` });
    await expect(world.look(2)).rejects.toThrow();
    expect(await kindsOf(world)).toEqual(["backup-failed"]);
  });
});
