import { expect, it } from "vitest";
import { clientId } from "~/domain/id";
import type { Schedule } from "~/domain/schedule";
import { createCaller } from "~/server/api/root";
import type { Ctx } from "~/server/context";
import { saveSchedule } from "~/server/schedules/save-schedule";
import { agentWorld } from "~tests/support/agent-world";
import { plan as addPlan, enrolledClient, readyRepository } from "~tests/support/fleet";
import { personActor } from "~tests/support/person";

const HOUR = 3_600_000;
const OFFICE = { weekdays: [1, 2, 3, 4, 5], from: "08:00", to: "18:00" };
const at = (time: string, more: Partial<Schedule> = {}): Schedule => ({
  ...{ timing: { kind: "daily", times: [time] }, zone: "UTC", spreadMinutes: 0, blackouts: [] },
  ...{ startWithinMinutes: null, ...more },
});

/** Two machines: web-01 at 02:00 and 02:30 with the same blackout, db-01 at 05:00 with another one. */
async function fleet() {
  const world = await agentWorld();
  const admin = (): Ctx => ({ ...world.admin(), now: new Date("2026-11-23T10:20:00Z") });
  const other = await enrolledClient(world.admin(), "db-01");
  const { id: otherRepository } = await readyRepository(world.admin(), other.id, "vault");
  const plans = [
    { clientId: world.client.id, planId: world.planId, schedule: at("02:00", { blackouts: [OFFICE] }) },
    {
      clientId: world.client.id,
      planId: (await addPlan(world.admin(), world.client.id, world.repositoryId, "Sites")).id,
      schedule: at("02:30", { blackouts: [OFFICE] }),
    },
    {
      clientId: other.id,
      planId: (await addPlan(world.admin(), other.id, otherRepository, "Dumps")).id,
      schedule: at("05:00", { zone: "Europe/Berlin", blackouts: [{ ...OFFICE, weekdays: [7] }] }),
    },
  ];
  for (const { schedule, ...ids } of plans)
    await saveSchedule(admin(), { purpose: "backup", ...ids }, { schedule, name: "it" });
  const viewer = personActor({
    grants: [{ clientId: other.id, tag: null, permissions: ["view"] }],
  });
  return { world, admin, viewer, plans };
}

it("counts what begins in each of the next 24 hours, of what the person may see", async () => {
  const { admin, viewer } = await fleet();
  const call = (ctx: Ctx) => createCaller({ ...ctx, peer: null }).schedules.load();
  const { from, starts } = await call(admin());
  expect(from.toISOString()).toBe("2026-11-23T10:00:00.000Z");
  // 02:00 and 02:30 UTC are sixteen hours on, 05:00 in Berlin is eighteen.
  expect(Object.entries(starts).filter(([, count]) => count > 0)).toEqual([
    ["16", 2],
    ["18", 1],
  ]);
  const own = await call({ ...admin(), actor: viewer });
  expect(own.starts.reduce((sum, count) => sum + count, 0)).toBe(1);
  const later = await call({ ...admin(), now: new Date(admin().now.getTime() + 20 * HOUR) });
  expect(later.starts.every((count) => count === 0)).toBe(true);
});

it("counts what is due several times at each of its times", async () => {
  const { admin, world } = await fleet();
  const ids = { clientId: world.client.id, planId: world.planId };
  const every = { kind: "hours", every: 6, minute: 30 } as const;
  await saveSchedule(
    admin(),
    { purpose: "backup", ...ids },
    { schedule: at("02:00", { timing: every }), name: "it" },
  );
  const { starts, schedules, isWhole } = await createCaller({ ...admin(), peer: null }).schedules.load();
  expect({ schedules, isWhole }).toEqual({ schedules: 3, isWhole: true });
  // 12:30, 18:30, 00:30 and 06:30 beside the two others.
  expect(Object.entries(starts).filter(([, count]) => count > 0)).toEqual([
    ["2", 1],
    ["8", 1],
    ["14", 1],
    ["16", 1],
    ["18", 1],
    ["20", 1],
  ]);
});

it("says which hours plans keep free, alike ones together, of what the person may see", async () => {
  const { world, admin, viewer } = await fleet();
  const call = (ctx: Ctx) => createCaller({ ...ctx, peer: null }).schedules.blackouts;
  expect((await call(admin())({})).items).toEqual([
    { zone: "UTC", blackouts: [OFFICE], plans: 2 },
    { zone: "Europe/Berlin", blackouts: [{ ...OFFICE, weekdays: [7] }], plans: 1 },
  ]);
  const ofWeb = await call(admin())({ clientId: clientId.parse(world.client.id) });
  expect(ofWeb.items.map(({ plans }) => plans)).toEqual([2]);
  const own = await call({ ...admin(), actor: viewer })({});
  expect(own.items.map(({ zone }) => zone)).toEqual(["Europe/Berlin"]);
});
