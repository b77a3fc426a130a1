import { expect, it } from "vitest";
import { authorize } from "~/server/access/authorize";
import { listJobs } from "~/server/jobs/list-jobs";
import { type AgentWorld, agentWorld, goodEnd, pollOk, reportOk } from "~tests/support/agent-world";

async function handedOut(world: AgentWorld) {
  const jobId = await world.startBackup();
  await pollOk(world);
  return jobId;
}

it("stores an end once, acknowledges it each time, and lets one look at the archives follow in the same run", async () => {
  const world = await agentWorld();
  const jobId = await handedOut(world);
  for (let i = 0; i < 3; i++) {
    expect(await reportOk(world, jobId, goodEnd("a"))).toMatchObject({ acknowledged: true });
  }
  const job = await world.job(jobId);
  expect(job).toMatchObject({ state: "succeeded", result: { kind: "backup", archive: { files: 3 } } });
  expect(job.related.map((other) => other.kind)).toEqual(["audit"]);
  expect(job.related[0]?.runId).toBe(job.runId);
});

it("does not let a second, different end change the first", async () => {
  const world = await agentWorld();
  const jobId = await handedOut(world);
  await reportOk(world, jobId, goodEnd("a"));
  const other = { state: "failed", problem: { code: "borg-failed", say: "no" } } as const;
  expect(await reportOk(world, jobId, other)).toMatchObject({ acknowledged: true });
  expect(await world.job(jobId)).toMatchObject({ state: "succeeded", problem: null });
});

it("lets a late true end replace the guess that the machine was lost", async () => {
  const world = await agentWorld();
  const jobId = await handedOut(world);
  await world.database.pool.sql`
    update jobs set state = 'failed', ended_at = now(), problem = '{"code":"agent-silent","say":"silent"}' where id = ${jobId}`;
  expect(await reportOk(world, jobId, goodEnd("a"))).toMatchObject({ acknowledged: true });
  expect(await world.job(jobId)).toMatchObject({ state: "succeeded", problem: null });
});

it("does not revive a lost job beside another that writes to its repository by now, but takes its end", async () => {
  const world = await agentWorld();
  const lost = await handedOut(world);
  await world.database.pool.sql`
    update jobs set state = 'failed', ended_at = now(), problem = '{"code":"agent-silent","say":"silent"}' where id = ${lost}`;
  const second = await world.startBackup();
  expect((await pollOk(world)).jobs.map((order) => order.jobId)).toEqual([second]);
  expect(await reportOk(world, lost)).toMatchObject({ acknowledged: false });
  expect(await world.job(lost)).toMatchObject({ state: "failed" });
  expect(await reportOk(world, lost, goodEnd("a"))).toMatchObject({ acknowledged: true });
  expect(await world.job(lost)).toMatchObject({ state: "succeeded" });
  expect(await world.job(second)).toMatchObject({ state: "assigned" });
});

it("stores twenty ends that come at once as one", async () => {
  const world = await agentWorld();
  const jobId = await handedOut(world);
  const answers = await Promise.all(Array.from({ length: 20 }, () => reportOk(world, jobId, goodEnd("a"))));
  expect(answers.every((answer) => answer.acknowledged)).toBe(true);
  const may = await authorize(world.admin(), "view", world.client.id);
  const chain = await listJobs(world.admin(), {
    clientId: may.clientId,
    kinds: ["audit"],
    limit: 10,
  });
  expect(chain.items).toHaveLength(1);
});
