import { expect, it } from "vitest";
import { LEASE_SECONDS } from "~/domain/job";
import { AGENT_LIMIT_SECONDS } from "~/domain/time-limit";
import { expireLeases } from "~/server/jobs/expire-leases";
import type { AgentCtx } from "~/server/jobs/hand-out-jobs";
import { stopOverdue } from "~/server/jobs/stop-overdue";
import { takeReport } from "~/server/jobs/take-report";
import {
  type AgentWorld,
  agentWorld,
  goodEnd,
  pollOk,
  reportBody,
  reportOk,
} from "~tests/support/agent-world";
import { later } from "~tests/support/database";

const after = (minutes: number) => later({ minutes }, new Date());

function agentAt(world: AgentWorld, now: Date): AgentCtx {
  const ctx = world.database.agentCtx(world.client.id, now);
  if (ctx.actor.kind !== "agent") throw new Error("not an agent");
  return { ...ctx, actor: ctx.actor };
}

async function begun(world: AgentWorld, limitSeconds: number | null = null) {
  const jobId = await world.startBackup();
  await world.database.pool.sql`update jobs set limit_seconds = ${limitSeconds} where id = ${jobId}`;
  await pollOk(world);
  await reportOk(world, jobId);
  return jobId;
}

it("never ends a job that says nothing for three hours but whose process lives", async () => {
  const world = await agentWorld();
  const jobId = await begun(world);
  // A heartbeat: no progress, no log line, nothing that changes. Now and then one is lost.
  for (let minute = 2; minute <= 180; minute += 2) {
    const now = after(minute);
    if (minute % 14 !== 0) await takeReport(agentAt(world, now), { jobId, report: reportBody() });
    await expireLeases(world.database.workerCtx(now));
    await stopOverdue(world.database.workerCtx(now));
  }
  expect(await world.job(jobId)).toMatchObject({
    ...{ state: "running", problem: null, cancelRequestedAt: null, progress: null },
  });
  const end = { jobId, report: reportBody(goodEnd("after-three-hours")) };
  expect(await takeReport(agentAt(world, after(181)), end)).toEqual({ acknowledged: true, cancel: false });
  expect(await world.job(jobId)).toMatchObject({ state: "succeeded" });
}, 60_000);

it("asks a machine to stop what runs longer than its plan allows, and fails the job when borg has ended", async () => {
  const world = await agentWorld();
  const jobId = await begun(world, 600);
  expect(await stopOverdue(world.database.workerCtx(after(9)))).toBe(0);
  expect(await stopOverdue(world.database.workerCtx(after(11)))).toBe(1);
  expect(await stopOverdue(world.database.workerCtx(after(12)))).toBe(0);
  // It runs until the machine says otherwise: the lock is borg's until then.
  expect(await world.job(jobId)).toMatchObject({ state: "running", problem: { code: "timed-out" } });
  expect((await pollOk(world, { holding: [{ jobId, lease: 1 }] })).cancel).toEqual([jobId]);
  expect(await reportOk(world, jobId)).toMatchObject({ cancel: true });
  await reportOk(world, jobId, {
    state: "cancelled",
    problem: { code: "cancelled", say: "Cancelled; borg has ended on the machine." },
  });
  const job = await world.job(jobId);
  expect(job).toMatchObject({ state: "failed", problem: { code: "timed-out" } });
  expect(job.problem?.say).toBe(
    "It ran longer than 10 min, so it was stopped. If it needs that long, give it a longer limit.",
  );
  const tries = await world.database.pool.sql`select id from jobs where retry_of = ${jobId}`;
  expect(tries).toEqual([]);
});

it("takes the archive for what it is when borg had committed before it could be stopped", async () => {
  const world = await agentWorld();
  const jobId = await begun(world, 600);
  await stopOverdue(world.database.workerCtx(after(11)));
  await reportOk(world, jobId, goodEnd("just-in-time"));
  expect(await world.job(jobId)).toMatchObject({ state: "succeeded", problem: null });
});

it("has a limit for every kind, of which a day for backups", async () => {
  const world = await agentWorld();
  const jobId = await begun(world);
  const day = AGENT_LIMIT_SECONDS.backup / 60;
  await world.database.pool
    .sql`update jobs set lease_expires_at = now() + interval '3 days' where id = ${jobId}`;
  expect(await stopOverdue(world.database.workerCtx(after(day - 1)))).toBe(0);
  expect(await stopOverdue(world.database.workerCtx(after(day + 1)))).toBe(1);
});

it("fails a job that was to stop and whose machine restarted, for the limit and not as cancelled", async () => {
  const world = await agentWorld();
  const jobId = await begun(world, 600);
  await stopOverdue(world.database.workerCtx(after(11)));
  await pollOk(world, { holding: [] });
  expect(await world.job(jobId)).toMatchObject({ state: "failed", problem: { code: "timed-out" } });
  expect(LEASE_SECONDS).toBeLessThan(600);
});
