import { expect, it } from "vitest";
import { agentWorld, pollOk, reportOk } from "~tests/support/agent-world";

it("fails a job that had begun and that the machine has no more, with the true reason", async () => {
  const world = await agentWorld();
  const jobId = await world.startBackup();
  await pollOk(world);
  await reportOk(world, jobId);
  await pollOk(world, { holding: [] });
  expect(await world.job(jobId)).toMatchObject({ state: "failed", problem: { code: "agent-restarted" } });
});

it("takes back the guess that a silent machine's job was lost when the machine still holds it", async () => {
  const world = await agentWorld();
  const jobId = await world.startBackup();
  await pollOk(world);
  await reportOk(world, jobId);
  await world.database.pool.sql`
    update jobs set state = 'failed', ended_at = now(), problem = '{"code":"agent-silent","say":"silent"}' where id = ${jobId}`;
  await pollOk(world, { holding: [{ jobId, lease: 1 }], freeLanes: ["restore"] });
  expect(await world.job(jobId)).toMatchObject({ state: "running", endedAt: null, problem: null });
});
