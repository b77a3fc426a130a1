import { expect, it } from "vitest";
import { authorize } from "~/server/access/authorize";
import { cancelJob } from "~/server/jobs/cancel-job";
import { type AgentWorld, agentWorld, pollOk, reportOk } from "~tests/support/agent-world";

async function runningJob(world: AgentWorld) {
  const jobId = await world.startBackup();
  await pollOk(world);
  await reportOk(world, jobId);
  return jobId;
}
const cancel = async (world: AgentWorld, jobId: string) =>
  cancelJob(world.admin(), await authorize(world.admin(), "backup", world.client.id), { jobId });

it("tells a waiting machine at once that a person wants a job stopped", async () => {
  const world = await agentWorld();
  const jobId = await runningJob(world);
  const holding = [{ jobId, lease: 1 }];
  const answer = pollOk(world, { waitSeconds: 20, holding, freeLanes: ["restore"] });
  await new Promise((resolve) => setTimeout(resolve, 200));
  const began = performance.now();
  await cancel(world, jobId);
  expect(await answer).toMatchObject({ cancel: [jobId], reason: "work" });
  expect(performance.now() - began).toBeLessThan(500);
});

it("repeats it until the end is reported, about once a second and not in a tight circle", async () => {
  const world = await agentWorld();
  const jobId = await runningJob(world);
  await cancel(world, jobId);
  const began = performance.now();
  const answer = await pollOk(world, { waitSeconds: 20, holding: [{ jobId, lease: 1 }] });
  expect(answer).toMatchObject({ cancel: [jobId] });
  expect(performance.now() - began).toBeGreaterThan(900);
  expect(await reportOk(world, jobId)).toMatchObject({ cancel: true });
  expect(await reportOk(world, jobId, { state: "cancelled" })).toMatchObject({ acknowledged: true });
  expect((await pollOk(world)).cancel).toEqual([]);
  expect(await world.job(jobId)).toMatchObject({ state: "cancelled" });
});
