import { eq } from "drizzle-orm";
import { expect, it } from "vitest";
import { NO_OPTIONS } from "~/domain/no-options";
import type { PlanOptions } from "~/domain/plan-options";
import { plans } from "~/server/db/schema/plans";
import { type AgentWorld, agentWorld, pollOk } from "~tests/support/agent-world";
import { TEST_MACHINE } from "~tests/support/fleet";

const machine = { ...TEST_MACHINE, abilities: ["backup-extras"] };

async function setOptions(world: AgentWorld, options: Partial<PlanOptions>): Promise<void> {
  await world
    .admin()
    .db.update(plans)
    .set({ options: { ...NO_OPTIONS, ...options } })
    .where(eq(plans.id, world.planId));
}

it("hands out what a plan asks for beyond directories, in the protocol's closed words", async () => {
  const world = await agentWorld();
  const hook = { name: "freeze", timeoutSeconds: 60, onFailure: "abort" as const };
  const everyDay = [1, 2, 3, 4, 5, 6, 7];
  await setOptions(world, {
    uploadWindows: [{ weekdays: everyDay, from: "00:00", to: "00:00", kibPerSecond: 4000 }],
    checkpointMinutes: 30,
    noAcls: true,
    excludeIfPresent: [".nobackup"],
    databases: [
      {
        ...{ engine: "postgresql", name: "main", databases: [], host: "", port: null, user: "" },
        credentials: { kind: "local", name: "main" },
      },
    ],
    hooksAfter: [hook],
    snapshot: "if-possible",
    limitMinutes: 90,
  });
  await world.startBackup();
  const [order] = (await pollOk(world, { machine })).jobs;
  expect(order).toMatchObject({
    borgOptions: {
      uploadKibPerSecond: 4000,
      checkpointSeconds: 1800,
      noAcls: true,
      excludeIfPresent: [".nobackup"],
    },
    databases: [{ name: "main", credentials: { kind: "local", name: "main" } }],
    hooks: { before: [], after: [hook] },
    snapshot: "if-possible",
  });
});

it("gives such a plan to no agent that would leave half of it out, and says why it waits", async () => {
  const world = await agentWorld();
  await setOptions(world, { hooksAfter: [{ name: "x", timeoutSeconds: 1, onFailure: "warn" }] });
  const jobId = await world.startBackup();
  expect((await pollOk(world)).jobs).toEqual([]);
  expect(await world.job(jobId)).toMatchObject({ state: "queued", problem: { code: "agent-too-old" } });
  expect((await pollOk(world, { machine })).jobs).toHaveLength(1);
});

it("sends nothing of it for a plan that asks for nothing, so that every agent understands it", async () => {
  const world = await agentWorld();
  await world.startBackup();
  const [order] = (await pollOk(world)).jobs;
  for (const field of ["borgOptions", "databases", "hooks", "snapshot", "stopContainersLabelled"]) {
    expect(order).not.toHaveProperty(field);
  }
});
