import { expect, it } from "vitest";
import {
  agentWorld,
  goodEnd,
  pollOk,
  refusalOf,
  reportBody,
  reportOk,
  sendReport,
} from "~tests/support/agent-world";

it("gives a job again under a new lease when the answer that held it was lost", async () => {
  const world = await agentWorld();
  const jobId = await world.startBackup();
  const [lost] = (await pollOk(world)).jobs;
  const [again] = (await pollOk(world, { holding: [] })).jobs;
  expect([lost?.lease, again?.lease]).toEqual([1, 2]);
  expect(again?.jobId).toBe(jobId);

  const late = await sendReport(jobId, reportBody({ lease: 1 }), { key: world.client.apiKey });
  expect(await refusalOf(late)).toBe("409 stale-lease");
  const name = again?.kind === "backup" ? again.archiveName : "";
  expect(await reportOk(world, jobId, { lease: 2, ...goodEnd(name) })).toMatchObject({ acknowledged: true });
  expect(await world.job(jobId)).toMatchObject({ state: "succeeded" });
});

it("keeps a job that the machine names, and does not give it twice", async () => {
  const world = await agentWorld();
  const jobId = await world.startBackup();
  await pollOk(world);
  const answer = await pollOk(world, { holding: [{ jobId, lease: 1 }] });
  expect(answer.jobs).toEqual([]);
  expect(await world.job(jobId)).toMatchObject({ state: "assigned" });
});

it("puts a job back into the queue when the machine neither has it nor a free lane", async () => {
  const world = await agentWorld();
  const jobId = await world.startBackup();
  await pollOk(world);
  expect((await pollOk(world, { freeLanes: [] })).jobs).toEqual([]);
  expect(await world.job(jobId)).toMatchObject({ state: "queued", problem: { code: "lane-busy" } });
});

it("cancels instead of giving again what nobody wants any more", async () => {
  const world = await agentWorld();
  const jobId = await world.startBackup();
  await pollOk(world);
  await world.database.pool.sql`update jobs set cancel_requested_at = now() where id = ${jobId}`;
  expect((await pollOk(world)).jobs).toEqual([]);
  expect(await world.job(jobId)).toMatchObject({ state: "cancelled" });
});
