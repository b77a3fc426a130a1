import { expect, it } from "vitest";
import { LEASE_SECONDS } from "~/domain/job";
import type { ReportRequest } from "~/protocol/v1";
import { authorize } from "~/server/access/authorize";
import { cancelJob } from "~/server/jobs/cancel-job";
import { expireLeases } from "~/server/jobs/expire-leases";
import { wakePutOff } from "~/server/jobs/wake-put-off";
import { removePlan } from "~/server/plans/remove-plan";
import { type AgentWorld, agentWorld, goodEnd, pollOk, reportOk } from "~tests/support/agent-world";
import { later } from "~tests/support/database";

const after = (minutes: number) => later({ minutes }, new Date());

type Code = NonNullable<ReportRequest["problem"]>["code"];
const failed = (code: Code): Partial<ReportRequest> => ({
  state: "failed",
  problem: { code, say: "It broke." },
});

/** The other tries of a job that the server queued by itself. */
async function triesOf(world: AgentWorld, jobId: string) {
  return world.database.pool.sql<
    {
      id: string;
      state: string;
      tries: number;
      runId: string;
      notBefore: string | null;
      problem: { say: string };
    }[]
  >`select id, state, tries, run_id as "runId", not_before as "notBefore", problem from jobs where retry_of = ${jobId}`;
}

async function begun(world: AgentWorld) {
  const jobId = await world.startBackup();
  await pollOk(world);
  await reportOk(world, jobId);
  return jobId;
}

/** Ends the pause of what waits, as time would. */
async function passTime(world: AgentWorld) {
  await world.database.pool.sql`update jobs set not_before = now() where not_before is not null`;
  await wakePutOff(world.database.workerCtx(new Date()));
}

it("tries a backup again whose connection broke: in the same run, under a new name, after a pause, three times", async () => {
  const world = await agentWorld();
  let jobId = await begun(world);
  const { runId } = await world.job(jobId);
  for (const tries of [1, 2, 3]) {
    await reportOk(world, jobId, failed("connection-lost"));
    const [next, ...more] = await triesOf(world, jobId);
    expect(more).toEqual([]);
    expect(next).toMatchObject({ state: "queued", tries, runId });
    expect(next?.problem.say).toMatch(new RegExp(`^Tried again by itself \\(${tries} of 3\\), not before`));
    // Not while it pauses, whoever asks.
    expect((await pollOk(world)).jobs).toEqual([]);
    await passTime(world);
    const [order] = (await pollOk(world)).jobs;
    expect(order).toMatchObject({ jobId: next?.id });
    jobId = next?.id ?? "";
    await reportOk(world, jobId);
  }
  await reportOk(world, jobId, failed("connection-lost"));
  expect(await triesOf(world, jobId)).toEqual([]);
  const names = await world.database.pool.sql`
    select distinct payload ->> 'archiveName' from jobs where run_id = ${runId} and kind = 'backup'`;
  expect(names).toHaveLength(4);
});

it("leaves to a person what a person must mend", async () => {
  const world = await agentWorld();
  const jobId = await begun(world);
  await reportOk(world, jobId, failed("passphrase-wrong"));
  expect(await triesOf(world, jobId)).toEqual([]);
});

it("does not try again what a person cancelled, or whose plan is gone", async () => {
  const world = await agentWorld();
  const cancelled = await begun(world);
  const may = await authorize(world.admin(), "backup", world.client.id);
  await cancelJob(world.admin(), may, { jobId: cancelled });
  await reportOk(world, cancelled, failed("connection-lost"));
  expect(await triesOf(world, cancelled)).toEqual([]);
  const orphan = await begun(world);
  const manage = await authorize(world.admin(), "manage-plans", world.client.id);
  const [plan] = await world.database.pool.sql`select name from plans where id = ${world.planId}`;
  await removePlan(world.admin(), manage, { id: world.planId, typedName: plan?.name });
  await reportOk(world, orphan, failed("connection-lost"));
  expect(await triesOf(world, orphan)).toEqual([]);
});

it("does not try again what a newer backup of the plan does anyway", async () => {
  const world = await agentWorld();
  const jobId = await begun(world);
  await expireLeases(world.database.workerCtx(after(LEASE_SECONDS / 60 + 1)));
  await world.database.pool.sql`delete from jobs where retry_of = ${jobId}`;
  await world.startBackup();
  // Its true end comes late, after the newer one was asked for.
  await reportOk(world, jobId, failed("connection-lost"));
  expect(await triesOf(world, jobId)).toEqual([]);
});

it("gives a silent machine time, and takes the other try back when the machine was at work all along", async () => {
  const world = await agentWorld();
  const jobId = await begun(world);
  await expireLeases(world.database.workerCtx(after(LEASE_SECONDS / 60 + 1)));
  const [next] = await triesOf(world, jobId);
  expect(next).toMatchObject({ state: "queued", tries: 1 });
  expect(new Date(next?.notBefore ?? 0).getTime()).toBeGreaterThan(after(15).getTime());
  expect(await world.job(jobId)).toMatchObject({ state: "failed", problem: { code: "agent-silent" } });
  await reportOk(world, jobId, goodEnd("late-but-good"));
  expect(await world.job(jobId)).toMatchObject({ state: "succeeded" });
  expect(await triesOf(world, jobId)).toMatchObject([
    { state: "cancelled", problem: { code: "not-needed" } },
  ]);
});

it("takes it back as well when the machine only says that it holds the job", async () => {
  const world = await agentWorld();
  const jobId = await begun(world);
  await expireLeases(world.database.workerCtx(after(LEASE_SECONDS / 60 + 1)));
  await passTime(world);
  const answer = await pollOk(world, { holding: [{ jobId, lease: 1 }], freeLanes: ["backup", "restore"] });
  expect(answer.jobs).toEqual([]);
  expect(await world.job(jobId)).toMatchObject({ state: "running", problem: null });
  expect(await triesOf(world, jobId)).toMatchObject([{ state: "cancelled" }]);
});

it("keeps the due time, and does not begin later than the calendar allows", async () => {
  const world = await agentWorld();
  const { sql } = world.database.pool;
  const soon = await begun(world);
  const dueAt = "2026-11-23T02:00:00.000Z";
  await sql`update jobs set due_at = ${dueAt}, start_by = ${after(60).toISOString()}, limit_seconds = 600, priority = 50 where id = ${soon}`;
  await reportOk(world, soon, failed("agent-restarted"));
  const [next] = await triesOf(world, soon);
  const [row] = await sql`
    select due_at, start_by is not null as bound, limit_seconds, priority from jobs where id = ${next?.id ?? ""}`;
  expect(row).toMatchObject({ bound: true, limit_seconds: 600, priority: 50 });
  expect(new Date(row?.due_at).toISOString()).toBe(dueAt);
  await sql`update jobs set start_by = now() + interval '30 seconds' where id = ${next?.id ?? ""}`;
  await passTime(world);
  await pollOk(world);
  await reportOk(world, next?.id ?? "", failed("agent-restarted"));
  expect(await triesOf(world, next?.id ?? "")).toEqual([]);
});
