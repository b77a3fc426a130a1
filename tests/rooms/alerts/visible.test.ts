import { expect, it } from "vitest";
import { userId } from "~/domain/id";
import type { Grant, UserActor } from "~/domain/permission";
import { createCaller } from "~/server/api/root";
import { newId } from "~/server/db/new-id";
import { alerts } from "~/server/db/schema/alerts";
import { insertPerson } from "~tests/support/acting-people";
import { alertWorld } from "~tests/support/alert-world";
import { TEST_START } from "~tests/support/database";
import { enrolledClient } from "~tests/support/fleet";
import { personActor } from "~tests/support/person";

async function threeAlerts() {
  const world = await alertWorld();
  const other = await enrolledClient(world.database.ctx(), "db-01");
  const add = async (clientId: string | null, title: string) => {
    const id = newId();
    await world.database.pool.db.insert(alerts).values({
      ...{ id, key: id, kind: "backup-failed", severity: "serious", clientId, title, say: "It failed." },
      ...{ openedAt: TEST_START, lastSeenAt: TEST_START },
    });
    return id;
  };
  const ids = {
    mine: await add(world.clientId, "mine"),
    other: await add(other.id, "other"),
    none: await add(null, "none"),
  };
  const as = (actor: UserActor) => createCaller({ ...world.database.ctx({ actor }), peer: null });
  const granted = async (permissions: Grant["permissions"]) => {
    const grants = [{ clientId: world.clientId, tag: null, permissions }];
    return as(personActor({ userId: userId.parse(await insertPerson(world.database, { grants })), grants }));
  };
  return { world, ids, as, granted };
}

it("a viewer sees only alerts of their clients, in lists, counts and by id", async () => {
  const { ids, granted } = await threeAlerts();
  const viewer = await granted(["view"]);
  expect((await viewer.alerts.list({ limit: 9 })).items.map((row) => row.id)).toEqual([ids.mine]);
  expect(await viewer.alerts.counts()).toEqual({ open: 1, loud: 1 });
  expect(await viewer.alerts.get({ id: ids.mine })).toMatchObject({ clientName: "web-01", told: [] });
  for (const id of [ids.other, ids.none, newId()])
    await expect(viewer.alerts.get({ id })).rejects.toMatchObject({ code: "NOT_FOUND" });
  const overview = JSON.stringify(await viewer.overview.get());
  expect(overview).not.toContain(ids.other);
  expect(overview).not.toContain(ids.none);
});

it("a viewer acknowledges nothing, an operator what is of their clients", async () => {
  const { ids, granted, as, world } = await threeAlerts();
  const all = { ids: Object.values(ids) };
  const viewer = await granted(["view"]);
  await expect(viewer.alerts.acknowledge(all)).rejects.toMatchObject({ code: "FORBIDDEN" });
  const operator = await granted(["view", "backup"]);
  expect(await operator.alerts.acknowledge(all)).toEqual({ acknowledged: 1 });
  const admin = as(world.database.admin);
  const listed = (await admin.alerts.list({ limit: 9, acknowledged: true })).items;
  expect(listed.map((row) => row.id)).toEqual([ids.mine]);
  expect(await admin.alerts.counts()).toEqual({ open: 3, loud: 2 });
  expect(await admin.alerts.acknowledge(all)).toEqual({ acknowledged: 2 });
});

it("a page of the list follows the other, by filter", async () => {
  const { as, world, ids } = await threeAlerts();
  const admin = as(world.database.admin);
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof admin.alerts.list>> = await admin.alerts.list({ limit: 1, cursor });
    seen.push(...page.items.map((row) => row.id));
    cursor = page.nextCursor;
  } while (cursor);
  expect(seen.sort()).toEqual(Object.values(ids).sort());
  const filtered = async (given: object) => (await admin.alerts.list({ limit: 9, ...given })).items.length;
  expect(await filtered({ open: false })).toBe(0);
  expect(await filtered({ severities: ["critical"] })).toBe(0);
  expect(await filtered({ search: "MINE" })).toBe(1);
  expect(await filtered({ kind: "backup-failed", open: true })).toBe(3);
});
