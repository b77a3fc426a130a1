import { expect, it } from "vitest";
import { authorize } from "~/server/access/authorize";
import { startBackup } from "~/server/backups/start-backup";
import { createClient } from "~/server/clients/create-client";
import { retryJob } from "~/server/jobs/retry-job";
import { agentWorld, pollOk, reportOk } from "~tests/support/agent-world";
import { enrolledClient, plan, readyRepository, TEST_MACHINE } from "~tests/support/fleet";

const start = async (world: Awaited<ReturnType<typeof agentWorld>>, clientId: string, planId: string) =>
  startBackup(world.admin(), await authorize(world.admin(), "backup", clientId), { planId });

it("answers the backup that waits or runs when it is started again", async () => {
  const world = await agentWorld();
  const first = await start(world, world.client.id, world.planId);
  expect(await start(world, world.client.id, world.planId)).toEqual({ ...first, already: true });
});

it("begins now what waited for its hour or for another try", async () => {
  const world = await agentWorld();
  const { jobId } = await start(world, world.client.id, world.planId);
  await world.database.pool.sql`update jobs set priority = 50, not_before = now() + interval '1 day',
    start_by = now() - interval '1 hour', problem = '{"code": "blackout", "say": "Waits for its hour."}'::jsonb where id = ${jobId}`;
  expect(await pollOk(world)).toMatchObject({ jobs: [] });
  expect(await start(world, world.client.id, world.planId)).toMatchObject({ jobId, already: true });
  const [job] = await world.database.pool
    .sql`select priority, not_before, start_by, problem from jobs where id = ${jobId}`;
  expect(job).toEqual({ priority: 80, not_before: null, start_by: null, problem: null });
  expect(await pollOk(world)).toMatchObject({ jobs: [{ jobId }] });
});

it("refuses at once what waiting cannot heal: no machine, no borg, an old borg, a repository that failed", async () => {
  const world = await agentWorld();
  const { id: waiting } = await createClient(world.admin(), { name: "waiting" });
  const { id: repository } = await readyRepository(world.admin(), waiting);
  const { id: planOfWaiting } = await plan(world.admin(), waiting, repository);
  await expect(start(world, waiting, planOfWaiting)).rejects.toMatchObject({ code: "client-not-enrolled" });

  await pollOk(world, { machine: { ...TEST_MACHINE, borgVersion: null } });
  await expect(start(world, world.client.id, world.planId)).rejects.toMatchObject({ code: "borg-missing" });
  await pollOk(world, { machine: { ...TEST_MACHINE, borgVersion: "1.1.9" } });
  await expect(start(world, world.client.id, world.planId)).rejects.toMatchObject({ code: "borg-too-old" });
  await pollOk(world);
  await world.database.pool
    .sql`update repositories set state = 'failed', problem = 'The disk is full.' where id = ${world.repositoryId}`;
  await expect(start(world, world.client.id, world.planId)).rejects.toMatchObject({
    code: "repository-not-ready",
    say: expect.stringContaining("The disk is full."),
  });
});

it("does not start another client's plan", async () => {
  const world = await agentWorld();
  const { id } = await enrolledClient(world.admin(), "web-02");
  await expect(start(world, id, world.planId)).rejects.toMatchObject({ code: "not-found" });
});

it("retries a failed backup under a new archive name, once however often it is pressed", async () => {
  const world = await agentWorld();
  const jobId = await world.startBackup();
  const may = await authorize(world.admin(), "backup", world.client.id);
  await expect(retryJob(world.admin(), may, { jobId })).rejects.toMatchObject({ code: "invalid-input" });
  const [first] = (await pollOk(world)).jobs;
  await reportOk(world, jobId, { state: "failed", problem: { code: "borg-failed", say: "no" } });
  const tries = await Promise.all([1, 2, 3].map(() => retryJob(world.admin(), may, { jobId })));
  expect(new Set(tries.map((one) => one.jobId)).size).toBe(1);
  const [again] = (await pollOk(world)).jobs;
  expect(again).toMatchObject({ kind: "backup", jobId: tries[0]?.jobId });
  const name = (order: typeof first) => (order?.kind === "backup" ? order.archiveName : null);
  expect(name(again)).not.toBe(name(first));
  expect(await world.job(tries[0]?.jobId ?? "")).toMatchObject({ retryOf: jobId });
});
