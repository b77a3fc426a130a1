import { expect, it } from "vitest";
import { LEASE_SECONDS } from "~/domain/job";
import { MOST_WORKER_ATTEMPTS, WORKER_LEASE_SECONDS } from "~/domain/lease";
import { authorize } from "~/server/access/authorize";
import { cancelJob } from "~/server/jobs/cancel-job";
import { claimJob, retakeOwnJobs } from "~/server/jobs/claim-job";
import { expireLeases } from "~/server/jobs/expire-leases";
import { getJob } from "~/server/jobs/get-job";
import { endHeldJob, keepHold, putOff } from "~/server/jobs/worker-jobs";
import { agentWorld, pollOk, reportOk } from "~tests/support/agent-world";
import { later } from "~tests/support/database";

const after = (seconds: number) => later({ seconds }, new Date());
const WORKER = { storageNodeId: "main", heldBy: "worker@main", kinds: ["provision-client"] } as const;

/** Enrolling queued one worker job: the client's account. */
async function withClaim() {
  const world = await agentWorld();
  const ctx = world.database.workerCtx;
  const job = await claimJob(ctx(new Date()), WORKER);
  if (!job) throw new Error("nothing to claim");
  return { world, ctx, job, hold: { jobId: job.id, lease: job.lease } };
}

it("calls an agent silent only after its lease, and says since when", async () => {
  const world = await agentWorld();
  const jobId = await world.startBackup();
  await pollOk(world);
  await reportOk(world, jobId);
  const ctx = world.database.workerCtx;
  expect(await expireLeases(ctx(after(LEASE_SECONDS - 10)))).toBe(0);
  expect(await expireLeases(ctx(after(LEASE_SECONDS + 10)))).toBe(1);
  expect(await expireLeases(ctx(after(LEASE_SECONDS + 10)))).toBe(0);
  const job = await world.job(jobId);
  expect(job).toMatchObject({ state: "failed", problem: { code: "agent-silent" } });
  expect(job.silentSince).toBeInstanceOf(Date);
});

it("shows a running job as silent as soon as its lease is over", async () => {
  const world = await agentWorld();
  const jobId = await world.startBackup();
  await pollOk(world);
  const may = await authorize(world.admin(), "view", world.client.id);
  const inTime = await getJob(world.admin(), may, { jobId });
  const late = await getJob(world.database.ctx({ now: after(LEASE_SECONDS + 5) }), may, { jobId });
  expect([inTime.silentSince, late.silentSince]).toEqual([null, expect.any(Date)]);
});

it("tries a job again whose worker died, a limited number of times", async () => {
  const { world, ctx, job } = await withClaim();
  for (let attempt = 1; attempt < MOST_WORKER_ATTEMPTS; attempt++) {
    await expireLeases(ctx(after(WORKER_LEASE_SECONDS + 5)));
    expect(await world.job(job.id)).toMatchObject({ state: "queued", problem: { code: "worker-lost" } });
    expect(await claimJob(ctx(new Date()), WORKER)).toMatchObject({ id: job.id, lease: attempt + 1 });
  }
  await expireLeases(ctx(after(WORKER_LEASE_SECONDS + 5)));
  expect(await world.job(job.id)).toMatchObject({ state: "failed", problem: { code: "worker-lost" } });
});

it("takes back what a worker of the same name held, at once, and nothing of another's", async () => {
  const { world, ctx, job } = await withClaim();
  expect(await retakeOwnJobs(ctx(new Date()), { heldBy: "worker@elsewhere" })).toBe(0);
  expect(await retakeOwnJobs(ctx(new Date()), { heldBy: "worker@main" })).toBe(1);
  expect(await world.job(job.id)).toMatchObject({ state: "queued" });
});

it("lets a former holder neither renew, nor end, nor put off a job that another has by now", async () => {
  const { world, ctx, job, hold } = await withClaim();
  await retakeOwnJobs(ctx(new Date()), { heldBy: "worker@main" });
  await claimJob(ctx(new Date()), WORKER);
  expect(await keepHold(ctx(new Date()), hold)).toEqual({ held: false, cancel: false });
  expect(await endHeldJob(ctx(new Date()), hold, { state: "succeeded" })).toBe(false);
  expect(await putOff(ctx(new Date()), hold, { code: "unreachable", say: "" })).toBe(false);
  expect(await world.job(job.id)).toMatchObject({ state: "running" });
});

it("puts a job off with a growing pause and never gives it up", async () => {
  const { world, ctx, job } = await withClaim();
  let at = new Date();
  const pauses: number[] = [];
  let lease = job.lease;
  for (let i = 0; i < 8; i++) {
    await putOff(ctx(at), { jobId: job.id, lease }, { code: "unreachable", say: "The keeper is away." });
    expect(await claimJob(ctx(at), WORKER)).toBeNull();
    const [row] = await world.database.pool.sql`select not_before from jobs where id = ${job.id}`;
    const notBefore = new Date(row?.not_before);
    pauses.push((notBefore.getTime() - at.getTime()) / 1000);
    at = notBefore;
    lease = (await claimJob(ctx(at), WORKER))?.lease ?? 0;
  }
  expect(pauses).toEqual([2, 4, 8, 16, 32, 60, 60, 60]);
});

it("ends a waiting job at once when it is cancelled, and asks a running one to stop", async () => {
  const { world, ctx, job, hold } = await withClaim();
  const may = await authorize(world.admin(), "manage-clients", world.client.id);
  expect(await cancelJob(world.admin(), may, { jobId: job.id })).toEqual({ ended: false });
  expect(await keepHold(ctx(new Date()), hold)).toEqual({ held: true, cancel: true });
  const backup = await authorize(world.admin(), "backup", world.client.id);
  const jobId = await world.startBackup();
  expect(await cancelJob(world.admin(), backup, { jobId })).toEqual({ ended: true });
  await expect(cancelJob(world.admin(), backup, { jobId })).rejects.toMatchObject({ code: "job-ended" });
});

it("does not let the permission for one kind of work cancel another", async () => {
  const world = await agentWorld();
  const jobId = await world.startBackup();
  const may = await authorize(world.admin(), "restore", world.client.id);
  await expect(cancelJob(world.admin(), may, { jobId })).rejects.toMatchObject({ code: "not-found" });
  expect(await world.job(jobId)).toMatchObject({ state: "queued" });
});
