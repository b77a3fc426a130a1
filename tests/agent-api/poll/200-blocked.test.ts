import { expect, it } from "vitest";
import { agentWorld, pollOk } from "~tests/support/agent-world";
import { TEST_MACHINE } from "~tests/support/fleet";

it("holds a job back on a machine whose borg is gone, says why, and gives it when borg is there again", async () => {
  const world = await agentWorld();
  const jobId = await world.startBackup();
  expect((await pollOk(world, { machine: { ...TEST_MACHINE, borgVersion: null } })).jobs).toEqual([]);
  expect(await world.job(jobId)).toMatchObject({ state: "blocked", problem: { code: "borg-missing" } });
  expect((await pollOk(world)).jobs.map((order) => order.jobId)).toEqual([jobId]);
  expect(await world.job(jobId)).toMatchObject({ state: "assigned", problem: null });
});

it("fails a job alone that can never be prepared, and keeps answering", async () => {
  const world = await agentWorld();
  const jobId = await world.startBackup();
  await world.database.pool.sql`update repositories set passphrase_sealed = 'broken'`;
  expect((await pollOk(world)).jobs).toEqual([]);
  const job = await world.job(jobId);
  expect(job).toMatchObject({ state: "failed", problem: { code: "server-fault" } });
  expect(job.problem?.say).not.toContain("broken");
});
