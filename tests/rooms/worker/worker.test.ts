import { expect, it, onTestFinished } from "vitest";
import { authorize } from "~/server/access/authorize";
import { cancelJob } from "~/server/jobs/cancel-job";
import { enqueueJob } from "~/server/jobs/enqueue-job";
import { openRepository } from "~/server/maintenance/open-repository";
import { startClaiming } from "~/worker/claim";
import { type AgentWorld, agentWorld } from "~tests/support/agent-world";
import { readyRepository } from "~tests/support/fleet";
import { ScriptedKeeper } from "~tests/support/scripted-keeper";
import { until } from "~tests/support/until";

/** A worker's claiming half on a world and a keeper. */
async function startWork(keeper: ScriptedKeeper, given: { heartbeatMs?: number; sweepMs?: number } = {}) {
  const claiming = await startClaiming({
    ...{ storageNodeId: "main", slots: 3, quickSlots: 2, sweepMs: 100, heartbeatMs: 100 },
    ...given,
    callKeeper: keeper.call,
  });
  onTestFinished(() => claiming.stop(0));
  return claiming;
}

async function given() {
  const world = await agentWorld();
  const keeper = await new ScriptedKeeper().start();
  return { world, keeper };
}

const ended = (world: AgentWorld, jobId: string) =>
  until(`job ${jobId} ends`, async () => (await world.job(jobId)).endedAt !== null, { seconds: 15 });

async function queueRepository(world: AgentWorld) {
  const may = await authorize(world.admin(), "manage-repositories", world.client.id);
  return openRepository(world.admin(), may, { name: "second", quotaBytes: null });
}

it("makes a repository through the keeper and lets a backup that waited for it begin", async () => {
  const { world, keeper } = await given();
  keeper.script["create-repository"] = () => ({ output: { borgId: "cd".repeat(32) } });
  await startWork(keeper);
  const { id, jobId } = await queueRepository(world);
  await ended(world, jobId);
  expect(await world.job(jobId)).toMatchObject({ state: "succeeded", problem: null });
  const [made] = await world.database.pool.sql`select state, borg_id from repositories where id = ${id}`;
  expect(made).toEqual({ state: "ready", borg_id: "cd".repeat(32) });
});

it("says why a repository could not be made, on the repository too", async () => {
  const { world, keeper } = await given();
  keeper.script["create-repository"] = () => ({ refuse: "disk-full", say: "The disk is full." });
  await startWork(keeper);
  const { id, jobId } = await queueRepository(world);
  await ended(world, jobId);
  expect(await world.job(jobId)).toMatchObject({ state: "failed", problem: { code: "disk-full" } });
  const [made] = await world.database.pool.sql`select state, problem from repositories where id = ${id}`;
  expect(made).toEqual({ state: "failed", problem: "The disk is full." });
});

it("keeps a job while the keeper is away, with the reason, and does it when the keeper is back", async () => {
  const { world, keeper } = await given();
  await keeper.stop();
  await startWork(keeper);
  keeper.script["create-repository"] = () => ({ output: { borgId: "cd".repeat(32) } });
  const { jobId } = await queueRepository(world);
  await until("the job is put off", async () => (await world.job(jobId)).problem?.code === "unreachable");
  expect(await world.job(jobId)).toMatchObject({ state: "queued", endedAt: null });
  await keeper.start();
  await ended(world, jobId);
  expect(await world.job(jobId)).toMatchObject({ state: "succeeded" });
});

it("waits, and does not fail, while a session of the client is open", async () => {
  const { world, keeper } = await given();
  let open = true;
  keeper.script["create-repository"] = () =>
    open ? { refuse: "session-open" } : { output: { borgId: "cd".repeat(32) } };
  await startWork(keeper);
  const { jobId } = await queueRepository(world);
  await until("the job is put off", async () => (await world.job(jobId)).problem?.code === "session-open");
  open = false;
  await ended(world, jobId);
  expect(await world.job(jobId)).toMatchObject({ state: "succeeded" });
});

it("really stops what the keeper does when a person cancels", async () => {
  const { world, keeper } = await given();
  keeper.script["create-repository"] = () => "nothing";
  await startWork(keeper);
  const { jobId } = await queueRepository(world);
  await until("the keeper is asked", () => keeper.calls.some((call) => call.verb === "create-repository"));
  const may = await authorize(world.admin(), "manage-repositories", world.client.id);
  await cancelJob(world.admin(), may, { jobId });
  await ended(world, jobId);
  expect(await world.job(jobId)).toMatchObject({ state: "cancelled" });
  expect(keeper.hungUp).toBe(1);
});

it("hands back what it cannot finish in time when it is stopped, and another worker does it", async () => {
  const { world, keeper } = await given();
  keeper.script["create-repository"] = () => "nothing";
  const first = await startWork(keeper);
  const { jobId } = await queueRepository(world);
  await until("the keeper is asked", () => keeper.calls.some((call) => call.verb === "create-repository"));
  await first.stop(100);
  expect(await world.job(jobId)).toMatchObject({ state: "queued", problem: null });
  keeper.script["create-repository"] = () => ({ output: { borgId: "cd".repeat(32) } });
  await startWork(keeper);
  await ended(world, jobId);
  expect(await world.job(jobId)).toMatchObject({ state: "succeeded" });
});

it("stops at once when somebody else has the job by now, and writes nothing", async () => {
  const { world, keeper } = await given();
  keeper.script["create-repository"] = () => "nothing";
  await startWork(keeper);
  const { jobId } = await queueRepository(world);
  await until("the keeper is asked", () => keeper.calls.some((call) => call.verb === "create-repository"));
  await world.database.pool.sql`update jobs set lease = lease + 1 where id = ${jobId}`;
  await until("the call is ended", () => keeper.hungUp === 1);
  expect(await world.job(jobId)).toMatchObject({ state: "running", problem: null });
});

it("knows the newer run of a job that it took for lost and began again", async () => {
  const { world, keeper } = await given();
  keeper.script["create-repository"] = () => "nothing";
  const worker = await startWork(keeper, { heartbeatMs: 500 });
  const { jobId } = await queueRepository(world);
  const asked = () => keeper.calls.filter((call) => call.verb === "create-repository").length;
  await until("the keeper is asked", () => asked() === 1);
  await world.database.pool.sql`
    update jobs set state = 'queued', held_by = null, lease_expires_at = null where id = ${jobId}`;
  await until("it is begun again, and the first run ended", () => asked() === 2 && keeper.hungUp === 1);
  await worker.stop(0);
  expect(await world.job(jobId)).toMatchObject({ state: "queued" });
});

it("leaves a place for what a person waits for, however many audits take long", async () => {
  const { world, keeper } = await given();
  keeper.script["audit-repository"] = () => "nothing";
  keeper.script["create-repository"] = () => ({ output: { borgId: "cd".repeat(32) } });
  for (let i = 0; i < 6; i++) {
    const { id } = await readyRepository(world.admin(), world.client.id, `large-${i}`);
    await enqueueJob(world.admin(), {
      ...{ kind: "audit", clientId: world.client.id, repositoryId: id, payload: {} },
    });
  }
  await startWork(keeper);
  await until("four audits run", () => keeper.calls.length >= 4);
  const { jobId } = await queueRepository(world);
  await ended(world, jobId);
  expect(await world.job(jobId)).toMatchObject({ state: "succeeded" });
  expect(keeper.calls.filter((call) => call.verb === "audit-repository")).toHaveLength(4);
});
