import { expect, it } from "vitest";
import { QUICK_KINDS } from "~/domain/job";
import { claimJob } from "~/server/jobs/claim-job";
import { enqueueJob } from "~/server/jobs/enqueue-job";
import { type AgentWorld, agentWorld, pollOk } from "~tests/support/agent-world";
import { readyRepository } from "~tests/support/fleet";

const claim = (world: AgentWorld, kinds: Parameters<typeof claimJob>[1]["kinds"]) =>
  claimJob(world.database.workerCtx(new Date()), { storageNodeId: "main", heldBy: "worker@main", kinds });

const queue = (world: AgentWorld, kind: "audit" | "compact", repositoryId = world.repositoryId) =>
  enqueueJob(world.admin(), { kind, clientId: world.client.id, repositoryId, payload: {} });

it("finds an audit behind any number of jobs that wait for a writer", async () => {
  const world = await agentWorld();
  await world.startBackup();
  await pollOk(world);
  for (let i = 0; i < 15; i++) await queue(world, "compact");
  const { jobId } = await queue(world, "audit");
  expect(await claim(world, ["compact", "audit"])).toMatchObject({ id: jobId });
});

it("audits one repository at a time, and others beside it", async () => {
  const world = await agentWorld();
  const { id: other } = await readyRepository(world.admin(), world.client.id, "second");
  const first = await queue(world, "audit");
  await queue(world, "audit");
  const beside = await queue(world, "audit", other);
  expect(await claim(world, ["audit"])).toMatchObject({ id: first.jobId });
  expect(await claim(world, ["audit"])).toMatchObject({ id: beside.jobId });
  expect(await claim(world, ["audit"])).toBeNull();
});

it("keeps a place for audits and for the way back that long work cannot take", () => {
  expect(QUICK_KINDS).toEqual(expect.arrayContaining(["audit", "roll-back", "accept-state"]));
});
