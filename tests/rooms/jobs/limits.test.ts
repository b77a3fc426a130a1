import { expect, it } from "vitest";
import { PRIORITIES } from "~/domain/job-priority";
import { authorize } from "~/server/access/authorize";
import { getJob } from "~/server/jobs/get-job";
import { wakePutOff } from "~/server/jobs/wake-put-off";
import { later } from "~tests/support/database";
import { type QueueWorld, queueWorld } from "~tests/support/queue-world";

const problemOf = async (queue: QueueWorld, jobId: string) => {
  const [row] = await queue.world.database.pool.sql`
    select state, problem, turn_at is not null as line from jobs where id = ${jobId}`;
  return row;
};

/** Asks for a restore of whatever, in the queue of a machine. */
async function queueRestore(queue: QueueWorld, at: number): Promise<string> {
  const machine = queue.machines[at];
  const id = `restore${at}`;
  await queue.world.database.pool.sql`
    insert into jobs (id, run_id, kind, executor, lane, client_id, repository_id, state, payload, created_at, priority)
    values (${id}, ${id}, 'restore', 'agent', 'restore', ${machine?.clientId ?? ""}, ${machine?.repositoryId ?? ""},
      'queued', '{}', now(), ${PRIORITIES.restore})`;
  return id;
}

it("runs as many backups on a storage node as the setting says, and tells the others why they wait", async () => {
  const queue = await queueWorld(4);
  await queue.limits({ mostPerNode: 2 });
  const jobIds = [];
  for (const machine of queue.machines.slice(0, 3)) {
    jobIds.push(await queue.backUp(machine));
    await queue.poll(machine);
  }
  expect(await problemOf(queue, jobIds[2] ?? "")).toMatchObject({
    ...{ state: "queued", line: true },
    problem: { code: "limit-node", say: "Waits: 2 of 2 backups run on this storage node." },
  });
  const fourth = queue.machines[3];
  if (!fourth) throw new Error("a fourth machine");
  const last = await queue.backUp(fourth);
  await queue.poll(fourth, later({ seconds: 1 }, new Date()));
  const may = await authorize(queue.world.admin(), "view", fourth.clientId);
  const { problem } = await getJob(queue.world.admin(), may, { jobId: last });
  expect(problem?.say).toBe("Waits: 2 of 2 backups run on this storage node. One is before it.");
});

it("never runs more than the limit, however many machines ask in the same moment", async () => {
  const queue = await queueWorld(12);
  await queue.limits({ mostOnServer: 5 });
  for (const machine of queue.machines) await queue.backUp(machine);
  const answers = await Promise.all(queue.machines.map((machine) => queue.poll(machine)));
  expect(answers.flat()).toHaveLength(5);
  expect((await Promise.all(queue.machines.map((machine) => queue.poll(machine)))).flat()).toEqual([]);
});

it("lets a restore begin while backups fill the node, and counts restores among themselves", async () => {
  const queue = await queueWorld(3);
  await queue.limits({ mostPerNode: 1 });
  const [first, second, third] = queue.machines;
  if (!first || !second || !third) throw new Error("three machines");
  await queue.backUp(first);
  expect(await queue.poll(first)).toHaveLength(1);
  await queueRestore(queue, 1);
  const other = await queueRestore(queue, 2);
  expect(await queue.poll(second)).toMatchObject([{ id: "restore1" }]);
  expect(await queue.poll(third)).toEqual([]);
  expect(await problemOf(queue, other)).toMatchObject({
    problem: { say: "Waits: 1 of 1 restores run on this storage node." },
  });
});

it("does no more on one machine at once than the setting says, over both lanes", async () => {
  const queue = await queueWorld(1);
  await queue.limits({ mostPerClient: 1 });
  const [machine] = queue.machines;
  if (!machine) throw new Error("a machine");
  const jobId = await queue.backUp(machine);
  const restore = await queueRestore(queue, 0);
  expect(await queue.poll(machine)).toMatchObject([{ id: restore }]);
  expect(await problemOf(queue, jobId)).toMatchObject({ problem: { code: "limit-client" } });
});

it("gives a place that came free to who waits, and to nobody who has gone", async () => {
  const queue = await queueWorld(3);
  await queue.limits({ mostPerNode: 1 });
  const [first, second, third] = queue.machines;
  if (!first || !second || !third) throw new Error("three machines");
  const jobIds = [await queue.backUp(first), await queue.backUp(second), await queue.backUp(third)];
  expect(await queue.poll(first)).toHaveLength(1);
  await queue.poll(second, later({ seconds: 1 }, new Date()));
  await queue.poll(third, later({ seconds: 2 }, new Date()));
  await queue.end(first, jobIds[0] ?? "");
  // It is the second machine's turn, and the third is told so.
  expect(await queue.poll(third)).toEqual([]);
  expect(await problemOf(queue, jobIds[2] ?? "")).toMatchObject({ line: true });
  // The second one has fallen silent: it loses its turn, the third does not wait for it.
  await queue.world.database.pool.sql`
    update clients set last_seen_at = now() - interval '5 minutes' where id = ${second.clientId}`;
  await wakePutOff(queue.world.database.workerCtx(new Date()));
  expect(await queue.poll(third)).toMatchObject([{ id: jobIds[2] }]);
});
