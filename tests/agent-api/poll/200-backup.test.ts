import { expect, it } from "vitest";
import { agentWorld, pollOk } from "~tests/support/agent-world";

it("hands out a waiting backup with all that the agent needs, and with a passphrase that is stored nowhere in the clear", async () => {
  const world = await agentWorld();
  const jobId = await world.startBackup();
  const { jobs, reason } = await pollOk(world);
  expect(reason).toBe("work");
  expect(jobs).toHaveLength(1);
  const [order] = jobs;
  expect(order).toMatchObject({
    kind: "backup",
    jobId,
    lease: 1,
    planId: world.planId,
    sources: ["/etc"],
    excludes: ["*.tmp"],
    compression: "zstd,3",
    repository: {
      repositoryId: world.repositoryId,
      path: `/~/repos/${world.repositoryId}`,
      ssh: { user: `bbs-${world.client.id}` },
    },
  });
  const passphrase = order?.kind === "backup" ? order.repository.passphrase : "";
  expect(passphrase.length).toBeGreaterThan(20);
  const [stored] = await world.database.pool.sql`
    select (select string_agg(j::text, '') from jobs j) || (select string_agg(r::text, '') from repositories r) as everything`;
  expect(stored?.everything).not.toContain(passphrase);
  expect(await world.job(jobId)).toMatchObject({ state: "assigned", problem: null });
});

it("reaches a machine that already waits within half a second", async () => {
  const world = await agentWorld();
  const answer = pollOk(world, { waitSeconds: 20 });
  await new Promise((resolve) => setTimeout(resolve, 300));
  const began = performance.now();
  const jobId = await world.startBackup();
  expect((await answer).jobs.map((order) => order.jobId)).toEqual([jobId]);
  expect(performance.now() - began).toBeLessThan(500);
});

it("gives a second backup only when the lane is free again", async () => {
  const world = await agentWorld();
  await world.startBackup();
  const [first] = (await pollOk(world)).jobs;
  const holding = [{ jobId: first?.jobId ?? "", lease: 1 }];
  expect((await pollOk(world, { freeLanes: ["restore"], holding })).jobs).toEqual([]);
});
