import { describe, expect, it } from "vitest";
import type { Schedule, Timing } from "~/domain/schedule";
import { authorize } from "~/server/access/authorize";
import { createCaller } from "~/server/api/root";
import { listEntries } from "~/server/journal/list-entries";
import { getPlan } from "~/server/plans/get-plan";
import { listPlans } from "~/server/plans/list-plans";
import { removePlan } from "~/server/plans/remove-plan";
import { updatePlan } from "~/server/plans/save-plan";
import { movePlan, pausePlan, resumePlan } from "~/server/plans/schedule-plan";
import { purgeScheduleRuns } from "~/server/schedules/purge-schedule-runs";
import { later, TEST_START, testDatabase } from "~tests/support/database";
import { enrolledClient, plan, readyRepository, reportNode } from "~tests/support/fleet";

const daily = (...times: string[]) => scheduled({ kind: "daily", times });

function scheduled(timing: Timing, more: Partial<Schedule> = {}): Schedule {
  return { timing, zone: "UTC", spreadMinutes: 0, blackouts: [], startWithinMinutes: null, ...more };
}

async function ready() {
  const database = await testDatabase();
  const ctx = database.ctx();
  await reportNode(ctx);
  const client = await enrolledClient(ctx, "web-01");
  const { id: repositoryId } = await readyRepository(ctx, client.id);
  const { id: planId } = await plan(ctx, client.id, repositoryId);
  const may = await authorize(ctx, "manage-plans", client.id);
  const read = async () => getPlan(ctx, await authorize(ctx, "view", client.id), { id: planId });
  const caller = (now = TEST_START) => createCaller({ ...database.ctx({ now }), peer: null });
  return { database, ctx, client, repositoryId, planId, may, read, caller, sql: database.pool.sql };
}

const settings = {
  ...{ keep: null, name: "System", sources: ["/etc"], excludes: [], compression: "lz4" },
  ...{ oneFileSystem: false, excludeCaches: false },
};

describe("a schedule", () => {
  it("is saved with its plan, finds its next run in the same transaction, and goes when it is taken away", async () => {
    const { ctx, may, planId, repositoryId, read, sql } = await ready();
    expect(await read()).toMatchObject({ schedule: null, nextRunAt: null, pausedAt: null });
    const save = (schedule: Schedule | null | undefined, now = TEST_START) =>
      updatePlan({ ...ctx, now }, may, {
        ...{ ...settings, id: planId, repositoryId },
        ...(schedule === undefined ? {} : { schedule }),
      });
    await save(daily("22:00"));
    const nextRunAt = new Date("2026-11-23T22:00:00Z");
    expect(await read()).toMatchObject({ schedule: { schedule: daily("22:00"), nextRunAt }, nextRunAt });
    const { items } = await listPlans(ctx, { limit: 5 });
    expect(items).toMatchObject([{ nextRunAt, pausedAt: null }]);
    // What is not told of stays, and the same again moves nothing.
    await save(undefined, later({ hours: 20 }));
    await save(daily("22:00"), later({ hours: 20 }));
    expect(await read()).toMatchObject({ nextRunAt });
    await save(daily("09:00"), later({ minutes: 1 }));
    expect(await read()).toMatchObject({ nextRunAt: new Date("2026-11-24T09:00:00Z") });
    await save(null);
    expect(await read()).toMatchObject({ schedule: null, nextRunAt: null });
    expect(await sql`select * from schedules`).toEqual([]);
    const { items: entries } = await listEntries(ctx, { limit: 10 });
    expect(entries.filter(({ action }) => action === "schedule.changed").map(({ say }) => say)).toEqual([
      "Took the schedule from the backups of System.",
      "Scheduled the backups of System: Daily at 09:00, UTC.",
      "Scheduled the backups of System: Daily at 22:00, UTC.",
    ]);
  });

  it("is not saved if what changed with it is not", async () => {
    const { ctx, may, planId, read } = await ready();
    const wrong = { ...settings, id: planId, repositoryId: "nobodys", schedule: daily("22:00") };
    await expect(updatePlan(ctx, may, wrong)).rejects.toMatchObject({ code: "not-found" });
    expect(await read()).toMatchObject({ schedule: null });
  });

  it("that could never run is refused with a word, whoever sends it", async () => {
    const { caller, planId } = await ready();
    const timing = { kind: "cron", expression: "0 3 31 2 *" } as const;
    const sent = caller().schedules.move({ planId, schedule: scheduled(timing) });
    await expect(sent).rejects.toThrow(/never run/);
  });

  it("cannot be enabled without a next run: the database refuses", async () => {
    const { ctx, may, planId, sql } = await ready();
    await movePlan(ctx, may, { planId, schedule: daily("22:00") });
    await expect(sql`update schedules set next_run_at = null`).rejects.toThrow("schedules_enabled_has_next");
    await expect(sql`update schedules set next_due_at = null`).rejects.toThrow("schedules_enabled_has_next");
  });

  it("pauses, and resumes strictly after now: what was due in the pause is not made up for", async () => {
    const { database, ctx, may, planId, read } = await ready();
    const at = (hours: number) => database.ctx({ now: later({ hours }) });
    await expect(pausePlan(ctx, may, { planId })).rejects.toMatchObject({ code: "invalid-input" });
    await movePlan(ctx, may, { planId, schedule: daily("12:00") });
    await pausePlan(at(1), may, { planId });
    expect(await read()).toMatchObject({ nextRunAt: null, pausedAt: later({ hours: 1 }) });
    // A change in the pause does not end it.
    await movePlan(at(1), may, { planId, schedule: daily("13:00") });
    await pausePlan(at(1.5), may, { planId });
    expect(await read()).toMatchObject({ nextRunAt: null, pausedAt: later({ hours: 1 }) });
    // Exactly at its time: the next one is tomorrow's.
    await resumePlan(at(3), may, { planId });
    await resumePlan(at(4), may, { planId });
    expect(await read()).toMatchObject({ nextRunAt: new Date("2026-11-24T13:00:00Z"), pausedAt: null });
    const { items } = await listEntries(ctx, { limit: 10 });
    expect(
      items.filter(({ action }) => /schedule\.(paused|resumed)/.test(action)).map(({ say }) => say),
    ).toEqual(["Resumed the backups of System.", "Paused the backups of System."]);
  });

  it("ends with its plan, and what became of its past runs stays", async () => {
    const { ctx, may, planId, client, sql } = await ready();
    await movePlan(ctx, may, { planId, schedule: daily("12:00") });
    await sql`insert into schedule_runs (schedule_id, due_at, client_id, outcome, decided_at)
      select id, now(), ${client.id}, 'skipped', now() from schedules`;
    await removePlan(ctx, may, { id: planId, typedName: "System" });
    expect(await sql`select enabled, next_due_at, next_run_at from schedules`).toEqual([
      { enabled: false, next_due_at: null, next_run_at: null },
    ]);
    expect(await sql`select outcome from schedule_runs`).toHaveLength(1);
    await expect(resumePlan(ctx, may, { planId })).rejects.toMatchObject({ code: "not-found" });
  });
});

describe("the calendar", () => {
  it("shows what was decided and what is planned, with spread and blackouts, of paused plans too", async () => {
    const { ctx, caller, may, planId, client, sql } = await ready();
    const blackouts = [{ weekdays: [2], from: "00:00", to: "03:00" }];
    await movePlan(ctx, may, {
      planId,
      schedule: scheduled({ kind: "daily", times: ["02:00", "20:00"] }, { blackouts }),
    });
    const reason = { code: "former-unfinished", say: "Why." };
    await sql`insert into schedule_runs (schedule_id, due_at, client_id, outcome, reason, decided_at)
      select id, '2026-11-23T02:00:00Z', ${client.id}, 'skipped', ${JSON.stringify(reason)}::text::jsonb, '2026-11-23T02:00:03Z' from schedules`;
    const day = { from: new Date("2026-11-23T00:00:00Z"), to: new Date("2026-11-25T00:00:00Z") };
    const { entries, truncated } = await caller().schedules.calendar(day);
    expect(truncated).toBe(false);
    const named = { planId, planName: "System", clientId: client.id, clientName: "web-01", paused: false };
    expect(entries).toMatchObject([
      {
        ...named,
        kind: "skipped",
        dueAt: new Date("2026-11-23T02:00:00Z"),
        at: new Date("2026-11-23T02:00:03Z"),
        reason,
      },
      { ...named, kind: "planned", dueAt: new Date("2026-11-23T20:00:00Z"), reason: null },
      {
        ...named,
        kind: "planned",
        dueAt: new Date("2026-11-24T02:00:00Z"),
        at: new Date("2026-11-24T03:00:00Z"),
      },
      { ...named, kind: "planned", dueAt: new Date("2026-11-24T20:00:00Z") },
    ]);
    await caller().schedules.pause({ planId });
    const paused = await caller().schedules.calendar({ ...day, clientId: client.id });
    expect(paused.entries.filter((entry) => entry.paused)).toHaveLength(3);
    const skipped = await caller().schedules.skipped({ limit: 5 });
    expect(skipped.items).toMatchObject([{ planName: "System", clientName: "web-01", reason }]);
    await expect(caller().schedules.calendar({ ...day, to: new Date("2027-11-25") })).rejects.toThrow(
      /at most 100 days/,
    );
  });

  it("says when there is more than it shows", async () => {
    const { ctx, caller, may, planId } = await ready();
    await movePlan(ctx, may, { planId, schedule: scheduled({ kind: "minutes", every: 5 }) });
    const month = { from: new Date("2026-11-23T00:00:00Z"), to: new Date("2026-12-23T00:00:00Z") };
    const { entries, truncated } = await caller().schedules.calendar(month);
    expect([entries.length, truncated]).toEqual([5000, true]);
  });

  it("forgets what is long past, and nothing else", async () => {
    const { database, ctx, may, planId, client, sql } = await ready();
    await movePlan(ctx, may, { planId, schedule: daily("12:00") });
    for (const due of ["2025-01-01", "2026-11-01"]) {
      await sql`insert into schedule_runs (schedule_id, due_at, client_id, outcome, decided_at)
        select id, ${due}, ${client.id}, 'skipped', now() from schedules`;
    }
    expect(await purgeScheduleRuns(database.workerCtx())).toBe(1);
    expect(await purgeScheduleRuns(database.workerCtx())).toBe(0);
    expect(await sql`select due_at from schedule_runs`).toHaveLength(1);
  });
});

describe("spreading", () => {
  it("gives each plan its own time, says so first, and leaves what has no time of day", async () => {
    const { ctx, client, repositoryId, planId, may, caller, read } = await ready();
    const more = [];
    for (const name of ["Two", "Three", "Four"])
      more.push((await plan(ctx, client.id, repositoryId, name)).id);
    const [two = "", three = "", four = ""] = more;
    await movePlan(ctx, may, { planId, schedule: { ...daily("01:00", "13:00"), zone: "Europe/Berlin" } });
    await movePlan(ctx, may, { planId: two, schedule: daily("01:00") });
    await movePlan(ctx, may, {
      planId: three,
      schedule: scheduled({ kind: "weekly", weekdays: [7], times: ["01:00"] }),
    });
    await movePlan(ctx, may, { planId: four, schedule: scheduled({ kind: "hours", every: 6, minute: 0 }) });
    const wanted = { planIds: [planId, ...more], from: "22:00", to: "04:00", zone: "UTC" };
    // By name: Four has no times of day, System, Three, Two.
    const changes = [
      { planId, planName: "System", before: ["01:00", "13:00"], after: ["11:00", "23:00"] },
      { planId: three, planName: "Three", before: ["01:00"], after: ["00:00"] },
      { planId: two, planName: "Two", before: ["01:00"], after: ["02:00"] },
    ];
    expect(await caller().schedules.spread({ ...wanted, apply: false })).toEqual({ changes });
    expect(await read()).toMatchObject({ schedule: { schedule: { timing: { times: ["01:00", "13:00"] } } } });
    expect(await caller().schedules.spread({ ...wanted, apply: true })).toEqual({ changes });
    expect(await read()).toMatchObject({
      schedule: { schedule: { zone: "Europe/Berlin", timing: { times: ["11:00", "23:00"] } } },
      nextRunAt: new Date("2026-11-23T22:00:00Z"),
    });
  });
});
