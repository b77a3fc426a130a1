import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/postgres-js";
import { describe, expect, it } from "vitest";
import type { Schedule, Timing } from "~/domain/schedule";
import type { Machine } from "~/protocol/v1";
import { authorize } from "~/server/access/authorize";
import { startBackup } from "~/server/backups/start-backup";
import { startDueBackups } from "~/server/backups/start-due-backups";
import { ensureStorageNode } from "~/server/clients/ensure-storage-node";
import { removeClient } from "~/server/clients/remove-client";
import { schema } from "~/server/db";
import { jobs } from "~/server/db/schema/jobs";
import { scheduleRuns, schedules } from "~/server/db/schema/schedules";
import { later, TEST_START, testDatabase } from "~tests/support/database";
import { TEST_MACHINE } from "~tests/support/fleet";
import { type ScheduledMachine, scheduledFleet } from "~tests/support/scheduled-fleet";

const daily = (more: Partial<Schedule> = {}) => scheduled({ kind: "daily", times: ["12:00"] }, more);
const NOON = new Date("2026-11-23T12:00:00Z");
const hours = (count: number, from = NOON) => later({ hours: count }, from);

function scheduled(timing: Timing, more: Partial<Schedule> = {}): Schedule {
  return { timing, zone: "UTC", spreadMinutes: 0, blackouts: [], startWithinMinutes: null, ...more };
}

async function fleetOf(...given: (Schedule | { schedule: Schedule; twoRepositories: boolean })[]) {
  const database = await testDatabase();
  await ensureStorageNode(database.workerCtx());
  const wanted = given.map((one) => ("timing" in one ? { schedule: one } : one));
  const machines = await scheduledFleet(database.pool.db, TEST_START, wanted);
  const { sql } = database.pool;
  const tick = (now: Date) => startDueBackups(database.workerCtx(now));
  const { db } = database.pool;
  /** What became of the due times of a machine: `23T12 queued`. */
  const history = async (machine: ScheduledMachine | undefined) => {
    const rows = await db
      .select()
      .from(scheduleRuns)
      .where(eq(scheduleRuns.scheduleId, machine?.scheduleId ?? ""))
      .orderBy(scheduleRuns.dueAt);
    return rows.map(
      ({ dueAt, outcome, reason }) =>
        `${dueAt.toISOString().slice(8, 13)} ${outcome}${reason ? ` ${reason.code}` : ""}`,
    );
  };
  const jobsOf = (machine: ScheduledMachine | undefined) =>
    db
      .select()
      .from(jobs)
      .where(eq(jobs.planId, machine?.planId ?? ""))
      .orderBy(jobs.createdAt, jobs.repositoryId);
  /** Due and run of the next, of all schedules that differ. */
  const nexts = () =>
    db
      .selectDistinct({ dueAt: schedules.nextDueAt, runAt: schedules.nextRunAt })
      .from(schedules)
      .orderBy(schedules.nextDueAt);
  const end = (machine: ScheduledMachine | undefined, now: Date) =>
    sql`update jobs set state = 'succeeded', lease = 1, ended_at = ${now.toISOString()} where plan_id = ${machine?.planId ?? ""} and ended_at is null`;
  return { database, machines, sql, tick, history, jobsOf, nexts, end };
}

describe("what is due", () => {
  it("is queued once, one job for each repository, in one run, with its due time and deadline", async () => {
    const schedule = daily({ startWithinMinutes: 90 });
    const { database, machines, tick, history, jobsOf, nexts } = await fleetOf(
      { schedule, twoRepositories: true },
      daily(),
    );
    expect(await tick(hours(-0.01))).toEqual({ queued: 0, skipped: 0 });
    expect(await tick(NOON)).toEqual({ queued: 2, skipped: 0 });
    expect(await tick(hours(0.01))).toEqual({ queued: 0, skipped: 0 });
    const [both, one] = machines;
    const queued = await jobsOf(both);
    expect(queued.map((job) => job.repositoryId)).toEqual([both?.repositoryId, both?.copyId]);
    expect(new Set(queued.map((job) => job.runId)).size).toBe(1);
    expect(new Set(queued.map((job) => JSON.stringify(job.payload))).size).toBe(2);
    expect(queued[0]).toMatchObject({
      ...{ kind: "backup", state: "queued", clientId: both?.clientId, requestedBy: null },
      ...{ dueAt: NOON, startBy: hours(1.5), createdAt: NOON },
    });
    expect((await jobsOf(one))[0]).toMatchObject({ startBy: null });
    expect(await history(both)).toEqual(["23T12 queued"]);
    const [run] = await database.pool.db
      .select()
      .from(scheduleRuns)
      .where(eq(scheduleRuns.scheduleId, both?.scheduleId ?? ""));
    expect(run?.runId).toBe(queued[0]?.runId);
    expect(await nexts()).toEqual([{ dueAt: hours(24), runAt: hours(24) }]);
  });

  it("runs once after the worker was away, and says of the others why not", async () => {
    const { machines, tick, history, jobsOf } = await fleetOf(daily(), daily({ startWithinMinutes: 60 }));
    expect(await tick(hours(51))).toEqual({ queued: 1, skipped: 5 });
    const [patient, strict] = machines;
    expect(await history(patient)).toEqual([
      "23T12 skipped superseded",
      "24T12 skipped superseded",
      "25T12 queued",
    ]);
    expect(await jobsOf(patient)).toHaveLength(1);
    const late = ["23T12 skipped superseded", "24T12 skipped superseded", "25T12 skipped start-by-passed"];
    expect(await history(strict)).toEqual(late);
  });

  it("accounts for two days of five-minute times without a gap, some at a time", async () => {
    const { database, machines, tick } = await fleetOf(scheduled({ kind: "minutes", every: 5 }));
    const [machine] = machines;
    const end = hours(48);
    for (let at = 0; at < 4; at++) await tick(end);
    const rows = await database.pool.db
      .select()
      .from(scheduleRuns)
      .where(eq(scheduleRuns.scheduleId, machine?.scheduleId ?? ""));
    const times = rows.map(({ dueAt }) => dueAt.getTime()).sort((a, b) => a - b);
    const first = later({ minutes: 5 });
    const count = (end.getTime() - first.getTime()) / 300_000 + 1;
    expect(times).toEqual(Array.from({ length: count }, (_, at) => first.getTime() + at * 300_000));
    expect(rows.filter(({ outcome }) => outcome === "queued")).toHaveLength(1);
  });

  it("is skipped where the backup before still waits, for that repository alone", async () => {
    const { machines, tick, history, jobsOf, sql, end } = await fleetOf({
      schedule: daily(),
      twoRepositories: true,
    });
    const [machine] = machines;
    await tick(NOON);
    await sql`update jobs set state = 'succeeded', ended_at = created_at where repository_id = ${machine?.repositoryId ?? ""}`;
    await tick(hours(24));
    expect(await jobsOf(machine)).toHaveLength(3);
    await tick(hours(48));
    expect(await history(machine)).toEqual([
      "23T12 queued",
      "24T12 queued partly",
      "25T12 skipped former-unfinished",
    ]);
    await end(machine, hours(50));
    await tick(hours(72));
    expect((await history(machine)).at(-1)).toBe("26T12 queued");
  });

  it("is skipped for what waiting cannot heal, and never comes again for what is gone", async () => {
    const { database, machines, tick, history, sql } = await fleetOf(
      daily(),
      daily(),
      daily(),
      daily(),
      daily(),
    );
    const [gone, held, failed, removed, waiting] = machines;
    await sql`update repositories set held_at = now() where id = ${held?.repositoryId ?? ""}`;
    await sql`update repositories set state = 'failed' where id = ${failed?.repositoryId ?? ""}`;
    await sql`update repositories set removed_at = now() where id = ${removed?.repositoryId ?? ""}`;
    await sql`update repositories set state = 'creating' where id = ${waiting?.repositoryId ?? ""}`;
    const admin = database.ctx();
    const may = await authorize(admin, "manage-clients", gone?.clientId ?? "");
    await removeClient(admin, may, { typedName: `machine-${gone?.clientId}` });
    await tick(NOON);
    await tick(hours(24));
    expect(await history(gone)).toEqual(["23T12 skipped client-removed"]);
    expect(await history(held)).toEqual([
      "23T12 skipped repository-quarantined",
      "24T12 skipped repository-quarantined",
    ]);
    expect((await history(failed))[0]).toBe("23T12 skipped repository-not-ready");
    expect((await history(removed))[0]).toBe("23T12 skipped repository-not-ready");
    expect((await history(waiting))[0]).toBe("23T12 queued");
    expect(await sql`select enabled from schedules where id = ${gone?.scheduleId ?? ""}`).toEqual([
      { enabled: false },
    ]);
  });

  it("becomes skipped if it has not begun by its deadline; what has begun goes on", async () => {
    const strict = daily({ startWithinMinutes: 60 });
    const { machines, tick, history, jobsOf, sql } = await fleetOf(strict, strict, strict);
    const [away, running, blocked] = machines;
    await tick(NOON);
    await sql`update jobs set state = 'running', lease = 1 where plan_id = ${running?.planId ?? ""}`;
    await sql`update jobs set state = 'blocked' where plan_id = ${blocked?.planId ?? ""}`;
    expect(await tick(hours(0.99))).toEqual({ queued: 0, skipped: 0 });
    expect(await tick(hours(1))).toEqual({ queued: 0, skipped: 2 });
    expect((await jobsOf(away))[0]).toMatchObject({
      state: "cancelled",
      problem: { code: "start-by-passed" },
    });
    expect(await history(away)).toEqual(["23T12 skipped start-by-passed"]);
    expect(await history(blocked)).toEqual(["23T12 skipped start-by-passed"]);
    expect(await history(running)).toEqual(["23T12 queued"]);
    expect((await jobsOf(running))[0]).toMatchObject({ state: "running" });
  });

  it("is not decided twice by a clock that goes back, nor by two workers, nor disturbed by a person", async () => {
    const { database, machines, tick, history, jobsOf, nexts, sql, end } = await fleetOf(
      ...Array.from({ length: 40 }, () => daily()),
    );
    const [machine] = machines;
    const may = await authorize(database.ctx(), "backup", machine?.clientId ?? "");
    await startBackup(database.ctx(), may, { planId: machine?.planId ?? "" });
    await end(machine, TEST_START);
    await Promise.all([tick(NOON), tick(NOON), tick(NOON)]);
    for (const one of machines) await end(one, NOON);
    // The clock was ahead: an hour back, and saved again as a person would.
    await sql`update schedules set next_due_at = ${NOON.toISOString()}, next_run_at = ${NOON.toISOString()}`;
    expect(await tick(hours(0.1))).toEqual({ queued: 0, skipped: 0 });
    for (const one of machines) expect(await history(one)).toEqual(["23T12 queued"]);
    expect(await jobsOf(machine)).toHaveLength(2);
    expect(await nexts()).toEqual([{ dueAt: hours(24), runAt: hours(24) }]);
  });

  it("waits for the end of a blackout, also if it was queued before and its machine was away", async () => {
    const blackouts = [{ weekdays: [1], from: "12:30", to: "14:00" }];
    const { machines, tick, history, jobsOf, nexts } = await fleetOf(
      daily({ blackouts }),
      scheduled({ kind: "daily", times: ["13:00"] }, { blackouts }),
    );
    const [queued, later] = machines;
    await tick(NOON);
    await tick(hours(1));
    expect((await jobsOf(queued))[0]).toMatchObject({ notBefore: hours(2), problem: { code: "blackout" } });
    expect(await history(later)).toEqual([]);
    expect((await nexts())[0]).toEqual({ dueAt: hours(1), runAt: hours(2) });
    await tick(hours(2));
    expect(await history(later)).toEqual(["23T13 queued"]);
    expect((await jobsOf(queued))[0]).toMatchObject({ notBefore: hours(2) });
  });
});

describe("a laptop", () => {
  const laptop = scheduled({ kind: "available", everyHours: 6, onMains: true, notMetered: true });

  it("is backed up when it is there, on mains and not metered, at most every so many hours after it ran", async () => {
    const { machines, tick, history, sql, end } = await fleetOf(laptop);
    const [machine] = machines;
    const says = (
      now: Date,
      told: Partial<Machine>,
    ) => sql`update clients set last_seen_at = ${now.toISOString()},
      machine = ${JSON.stringify({ ...TEST_MACHINE, ...told })}::text::jsonb where id = ${machine?.clientId ?? ""}`;
    const due = later({ hours: 6 });
    await tick(due);
    await says(later({ hours: 7 }), { onMains: false });
    await tick(later({ hours: 7 }));
    await says(later({ hours: 8 }), { onMains: true, metered: true });
    await tick(later({ hours: 8 }));
    expect(await history(machine)).toEqual([]);
    await says(later({ hours: 9 }), { onMains: true, metered: null });
    await tick(later({ hours: 9 }));
    expect(await history(machine)).toEqual(["23T16 queued"]);
    await end(machine, later({ hours: 9 }));
    await says(later({ hours: 14.9 }), {});
    await tick(later({ hours: 14.9 }));
    expect(await history(machine)).toHaveLength(1);
    await says(later({ hours: 15 }), {});
    await tick(later({ hours: 15 }));
    expect(await history(machine)).toEqual(["23T16 queued", "24T01 queued"]);
  });

  it("is looked at once a minute while it is away, and skipped when its deadline has passed", async () => {
    const { machines, tick, history, nexts, sql } = await fleetOf({ ...laptop, startWithinMinutes: 30 });
    const [machine] = machines;
    const due = later({ hours: 6 });
    await sql`update clients set last_seen_at = null`;
    await tick(due);
    expect(await nexts()).toEqual([{ dueAt: due, runAt: later({ minutes: 1 }, due) }]);
    await tick(later({ minutes: 31 }, due));
    expect(await history(machine)).toEqual(["23T16 skipped start-by-passed"]);
  });
});

describe("a tick", () => {
  it("decides a thousand due in a handful of statements, and reads no large table from end to end", async () => {
    const { database, sql } = await fleetOf(...Array.from({ length: 1000 }, () => daily()));
    // Not due: enough of them that reading all is never the cheapest.
    await sql.unsafe(`
      insert into plans (id, client_id, repository_id, name, sources, excludes, compression, one_file_system, exclude_caches, created_at, updated_at)
        select 'd' || n, 'c1', 'r1', 'plan ' || n, '[]', '[]', 'lz4', false, false, now(), now() from generate_series(1, 30000) n;
      insert into schedules (id, purpose, client_id, plan_id, schedule, enabled, next_due_at, next_run_at, created_at, updated_at)
        select 'd' || n, 'backup', 'c1', 'd' || n, s.schedule, true, now() + interval '9 years', now() + interval '9 years', now(), now()
        from generate_series(1, 30000) n, schedules s where s.id = 's1';
      insert into jobs (id, run_id, kind, executor, lane, client_id, repository_id, plan_id, state, payload, created_at, ended_at)
        select 'd' || n, 'd' || n, 'backup', 'agent', 'backup', 'c1', 'r1', 'd' || n, 'succeeded', '{}', now(), now() from generate_series(1, 10000) n;
      analyze`);
    const statements: { query: string; params: unknown[] }[] = [];
    const logger = { logQuery: (query: string, params: unknown[]) => statements.push({ query, params }) };
    const ctx = { ...database.workerCtx(NOON), db: drizzle(sql, { schema, logger }) };
    expect(await startDueBackups({ ...database.workerCtx(hours(-1)), db: ctx.db })).toEqual({
      queued: 0,
      skipped: 0,
    });
    expect(statements.length).toBeLessThanOrEqual(3);
    statements.length = 0;
    expect(await startDueBackups(ctx)).toEqual({ queued: 1000, skipped: 0 });
    expect(statements.length).toBeLessThan(50);
    await sql`analyze`;
    const whole: string[] = [];
    for (const { query, params } of statements) {
      if (!/^(select|update)/i.test(query.trim()) || query.includes("pg_notify")) continue;
      const [row] = await sql.unsafe(`explain (format json) ${query}`, params as string[]);
      for (const table of JSON.stringify(row).matchAll(/"Seq Scan"[^{}]*?"Relation Name":"(\w+)"/g))
        whole.push(`${table[1]}: ${query}`);
    }
    expect(whole.filter((told) => /^(schedules|schedule_runs|jobs|plans):/.test(told))).toEqual([]);
  });
});
