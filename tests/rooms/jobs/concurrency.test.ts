import { expect, it } from "vitest";
import { authorize } from "~/server/access/authorize";
import { startBackup } from "~/server/backups/start-backup";
import { claimJob } from "~/server/jobs/claim-job";
import { enqueueJob } from "~/server/jobs/enqueue-job";
import { agentWorld, goodEnd, pollOk, reportOk } from "~tests/support/agent-world";
import { plan, readyRepository } from "~tests/support/fleet";

const times = <T>(count: number, make: (i: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, i) => make(i)));

it("gives a job to exactly one of fifty polls that come at once", async () => {
  const world = await agentWorld();
  const jobId = await world.startBackup();
  // Every poll says that it holds the job, so that none of them takes it for a lost answer.
  const answers = await times(50, () => pollOk(world, { holding: [{ jobId, lease: 1 }] }));
  const orders = answers.flatMap((answer) => answer.jobs);
  expect(orders.map((order) => order.jobId)).toEqual([jobId]);
});

it("gives one of fifty waiting polls a job that comes in, and each of three jobs once", async () => {
  const world = await agentWorld();
  const polls = times(50, () => pollOk(world, { waitSeconds: 3 }));
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const extra = await readyRepository(world.admin(), world.client.id, "second");
  const { id: other } = await plan(world.admin(), world.client.id, extra.id, "Other");
  const jobIds = [await world.startBackup(), await world.startBackup(other)];
  const given = (await polls).flatMap((answer) => answer.jobs.map((order) => order.jobId));
  expect(given.sort()).toEqual(jobIds.sort());
});

it("starts one backup however often and fast the button is pressed", async () => {
  const world = await agentWorld();
  const may = await authorize(world.admin(), "backup", world.client.id);
  const started = await times(20, () => startBackup(world.admin(), may, { planId: world.planId }));
  expect(new Set(started.map((one) => one.jobId)).size).toBe(1);
  expect(started.filter((one) => !one.already)).toHaveLength(1);
});

it("never lets two write to one repository, be it agents or the worker, and fails none of them", async () => {
  const world = await agentWorld();
  const ctx = () => world.database.workerCtx(new Date());
  const queue = (kind: "compact" | "backup") =>
    world.admin().db.transaction((tx) =>
      enqueueJob(
        { ...world.admin(), db: tx },
        {
          kind: "compact",
          clientId: world.client.id,
          repositoryId: world.repositoryId,
          payload: {},
        },
      ).then((job) => ({ ...job, kind })),
    );
  for (let round = 0; round < 5; round++) {
    await queue("compact");
    await world.startBackup();
    const claim = () => claimJob(ctx(), { storageNodeId: "main", heldBy: "worker@main", kinds: ["compact"] });
    const [polls, claims] = await Promise.all([times(5, () => pollOk(world)), times(5, () => claim())]);
    expect(polls.flatMap((answer) => answer.jobs).length + claims.filter(Boolean).length).toBeGreaterThan(0);
    const busy = await world.database.pool.sql`
      select count(*)::int as writers from jobs where state in ('assigned', 'running') group by repository_id`;
    expect(busy.map((row) => row.writers)).toEqual([1]);
    await world.database.pool
      .sql`update jobs set state = 'cancelled', ended_at = now() where ended_at is null`;
  }
});

it("hands the repository on when its writer has ended", async () => {
  const world = await agentWorld();
  const { id: second } = await plan(world.admin(), world.client.id, world.repositoryId, "Second");
  const first = await world.startBackup();
  await pollOk(world);
  const waiting = await world.startBackup(second);
  // A lane is free, the repository is not.
  expect((await pollOk(world, { holding: [{ jobId: first, lease: 1 }] })).jobs).toEqual([]);
  expect(await world.job(waiting)).toMatchObject({ state: "queued", problem: { code: "repository-busy" } });
  const next = pollOk(world, { waitSeconds: 10, holding: [{ jobId: first, lease: 1 }] });
  await new Promise((resolve) => setTimeout(resolve, 300));
  await reportOk(world, first, goodEnd("a"));
  expect((await next).jobs.map((order) => order.jobId)).toEqual([waiting]);
});
