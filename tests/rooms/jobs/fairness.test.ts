import { expect, it } from "vitest";
import { claimJob } from "~/server/jobs/claim-job";
import { enqueueJob } from "~/server/jobs/enqueue-job";
import { endHeldJob } from "~/server/jobs/worker-jobs";
import { readyRepository } from "~tests/support/fleet";
import { queueWorld } from "~tests/support/queue-world";

it("takes turns between a machine with a thousand waiting backups and machines with one", async () => {
  const queue = await queueWorld(4);
  await queue.limits({ mostPerNode: 1 });
  const [greedy, ...others] = queue.machines;
  if (!greedy) throw new Error("a machine");
  await queue.queueBackups(greedy, 1000);
  const [running] = await queue.poll(greedy);
  if (!running) throw new Error("it had the queue for itself");
  for (const machine of others) await queue.queueBackups(machine, 1);
  for (const machine of queue.machines) await queue.poll(machine);
  const order: string[] = [];
  let current = { machine: greedy, jobId: running.id, lease: running.lease };
  for (let round = 0; round < 4; round++) {
    await queue.end(current.machine, current.jobId, current.lease);
    // The greedy one asks first every time, and the others only after it.
    for (const machine of queue.machines) {
      const [job] = await queue.poll(machine);
      if (!job) continue;
      order.push(machine.clientId);
      current = { machine, jobId: job.id, lease: job.lease };
    }
  }
  expect(order.slice(0, 3)).toEqual(others.map((machine) => machine.clientId));
  expect(order[3]).toBe(greedy.clientId);
});

it("lets a person's backup go before the calendar's", async () => {
  const queue = await queueWorld(3);
  await queue.limits({ mostPerNode: 1 });
  const [first, second, third] = queue.machines;
  if (!first || !second || !third) throw new Error("three machines");
  const running = await queue.backUp(first);
  await queue.poll(first);
  await queue.queueBackups(second, 1);
  await queue.poll(second);
  const pressed = await queue.backUp(third);
  await queue.poll(third);
  await queue.end(first, running);
  expect(await queue.poll(second)).toEqual([]);
  expect(await queue.poll(third)).toMatchObject([{ id: pressed }]);
});

it("lets the worker take the audit of another client although one client's thousand are older", async () => {
  const queue = await queueWorld(2);
  const [greedy, other] = queue.machines;
  if (!greedy || !other) throw new Error("two machines");
  const ctx = () => queue.world.database.workerCtx(new Date());
  const repositoryIds = [greedy.repositoryId];
  for (let n = 0; n < 3; n++) {
    repositoryIds.push((await readyRepository(queue.world.admin(), greedy.clientId, `more-${n}`)).id);
  }
  for (let n = 0; n < 40; n++) {
    const repositoryId = repositoryIds[n % 4] ?? greedy.repositoryId;
    await enqueueJob(ctx(), { kind: "audit", clientId: greedy.clientId, repositoryId, payload: {} });
  }
  const { jobId } = await enqueueJob(ctx(), { kind: "audit", ...other, payload: {} });
  const claim = () => claimJob(ctx(), { storageNodeId: "main", heldBy: "worker@main", kinds: ["audit"] });
  const first = await claim();
  expect(first).toMatchObject({ clientId: greedy.clientId });
  expect(await claim()).toMatchObject({ id: jobId });
  // Nobody else waits: it may have the rest of the places.
  expect(await claim()).toMatchObject({ clientId: greedy.clientId });
  await endHeldJob(ctx(), { jobId: first?.id ?? "", lease: 1 }, { state: "succeeded" });
});

it("takes work that a person waits for before upkeep, and upkeep before long after all", async () => {
  const queue = await queueWorld(1);
  const [machine] = queue.machines;
  if (!machine) throw new Error("a machine");
  const worker = () => queue.world.database.workerCtx(new Date());
  const claim = () =>
    claimJob(worker(), { storageNodeId: "main", heldBy: "worker@main", kinds: ["compact", "audit"] });
  const compact = await enqueueJob(worker(), { kind: "compact", ...machine, payload: {} });
  const { id } = await readyRepository(queue.world.admin(), machine.clientId, "second");
  const audit = await enqueueJob(worker(), { kind: "audit", ...machine, repositoryId: id, payload: {} });
  await queue.world.database.pool.sql`
    update jobs set created_at = now() - interval '7 hours' where id = ${compact.jobId}`;
  expect(await claim()).toMatchObject({ id: compact.jobId });
  expect(await claim()).toMatchObject({ id: audit.jobId });
});
