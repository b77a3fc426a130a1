import { expect, it } from "vitest";
import type { Grant, UserActor } from "~/domain/permission";
import { createCaller } from "~/server/api/root";
import { newId } from "~/server/db/new-id";
import { clientTags } from "~/server/db/schema/clients";
import { personActor } from "~tests/support/person";
import { type Machine, type SmallFleet, smallFleet } from "~tests/support/small-fleet";

const only = (clientId: string): Grant => ({ clientId, tag: null, permissions: ["view"] });

function consoleOf({ world }: SmallFleet, actor: UserActor) {
  return createCaller({ ...world.admin(), actor, peer: null });
}

/** Everything that lists, as one text to look for ids in. `filter`: what each list that can is asked for. */
async function everyList(
  asked: ReturnType<typeof consoleOf>,
  filter: { clientId?: string; repositoryId?: string; planId?: string } = {},
): Promise<Record<string, unknown[]>> {
  const { clientId, repositoryId } = filter;
  const byClient = clientId ? { clientId } : {};
  const byRepository = repositoryId ? { repositoryId } : {};
  const any = { limit: 50 };
  return {
    jobs: (await asked.jobs.list({ ...filter, ...any })).items,
    allJobs: (await asked.jobs.list({ ...filter, ...any, kinds: ["backup", "list-folder"] })).items,
    archives: (await asked.archives.list({ ...filter, ...any })).items,
    trash: (await asked.archives.list({ ...filter, ...any, trashed: true })).items,
    plans: (await asked.plans.list({ ...byClient, ...byRepository, ...any })).items,
    repositories:
      clientId || !repositoryId ? (await asked.repositories.list({ ...byClient, ...any })).items : [],
    incidents: (await asked.vault.incidents({ ...byClient, ...byRepository, ...any })).items,
  };
}

const idsOf = (machine: Machine) => Object.values(machine);

it("leaves of every list and number what may be seen, by client and by tag", async () => {
  const fleet = await smallFleet();
  const { web, db, world } = fleet;
  await world.database.pool.db.insert(clientTags).values({ clientId: web.clientId, tag: "front" });
  const byTag: Grant = { clientId: null, tag: "front", permissions: ["view"] };
  for (const grants of [[only(web.clientId)], [byTag], [byTag, only(web.clientId)]]) {
    const asked = consoleOf(fleet, personActor({ grants }));
    const lists = {
      ...(await everyList(asked)),
      clients: (await asked.clients.list({ limit: 50 })).items,
      search: (await asked.clients.list({ search: "0", limit: 50 })).items,
      archiveSearch: (await asked.archives.list({ search: "0", limit: 50 })).items,
      tags: await asked.clients.tags(),
    };
    for (const [name, items] of Object.entries(lists)) expect([name, items.length > 0]).toEqual([name, true]);
    const text = JSON.stringify([lists, await asked.overview.get()]);
    expect(idsOf(db).filter((id) => text.includes(id))).toEqual([]);
  }
});

it("counts on the overview what may be seen, and tells free space to admins only", async () => {
  const fleet = await smallFleet();
  const { world, web } = fleet;
  await world.database.pool.sql`update repositories set size_bytes = 1000`;
  const mine = await consoleOf(fleet, personActor({ grants: [only(web.clientId)] })).overview.get();
  expect(mine).toMatchObject({ counts: { clients: 1 }, archives: { count: 1, bytes: 1000 }, storage: null });
  expect(mine.grid).toHaveLength(1);
  const all = await consoleOf(fleet, world.database.admin).overview.get();
  expect(all).toMatchObject({ counts: { clients: 2 }, archives: { count: 2, bytes: 2000 } });
  expect(all.storage?.freeBytes).toBe(5_000_000_000);
  const everything = personActor({ grants: [{ clientId: null, tag: null, permissions: ["view"] }] });
  expect(await consoleOf(fleet, everything).overview.get()).toMatchObject({
    storage: null,
    counts: { clients: 2 },
  });
});

it("answers a filter by a foreign id with nothing, as by an unknown one", async () => {
  const fleet = await smallFleet();
  const asked = consoleOf(fleet, personActor({ grants: [only(fleet.web.clientId)] }));
  const { clientId, repositoryId, planId } = fleet.db;
  const none = Object.fromEntries(Object.keys(await everyList(asked)).map((name) => [name, []]));
  expect(await everyList(asked, { clientId })).toEqual(none);
  expect(await everyList(asked, { clientId: newId() })).toEqual(none);
  const jobsOf = async (filter: object) => (await asked.jobs.list({ ...filter, limit: 50 })).items;
  for (const filter of [{ repositoryId }, { planId }, { runId: fleet.db.failedJobId }])
    expect(await jobsOf(filter)).toEqual([]);
  expect((await asked.archives.list({ repositoryId, limit: 50 })).items).toEqual([]);
  expect((await asked.plans.list({ repositoryId, limit: 50 })).items).toEqual([]);
  expect((await asked.vault.incidents({ repositoryId, limit: 50 })).items).toEqual([]);
});

it("takes a foreign id for no place to go on from: where it sorts would be told otherwise", async () => {
  const fleet = await smallFleet();
  const { world, web, db } = fleet;
  const asked = consoleOf(fleet, personActor({ grants: [only(web.clientId)] }));
  const admin = consoleOf(fleet, world.database.admin);
  // db-01 stands before web-01, so a cursor that counted would let web-01 through.
  expect((await admin.clients.list({ cursor: db.clientId, limit: 5 })).items).toHaveLength(1);
  expect((await asked.clients.list({ cursor: db.clientId, limit: 5 })).items).toEqual([]);
  expect((await asked.plans.list({ cursor: db.planId, limit: 5 })).items).toEqual([]);
  expect((await asked.repositories.list({ cursor: db.repositoryId, limit: 5 })).items).toEqual([]);
});

it("takes another client's repository for a plan for no repository at all", async () => {
  const fleet = await smallFleet();
  const { web, db } = fleet;
  const owner: Grant = { clientId: web.clientId, tag: null, permissions: ["manage-plans"] };
  const asked = consoleOf(fleet, personActor({ grants: [owner] }));
  const settings = {
    ...{ name: "Another", sources: ["/etc"], excludes: [], compression: "lz4", keep: null },
    ...{ oneFileSystem: false, excludeCaches: false },
  };
  const saidOf = (act: Promise<unknown>) => act.then(String, (error: Error) => error.message);
  const [unknown] = [newId()];
  for (const save of [
    (repositoryId: string) => asked.plans.create({ clientId: web.clientId, repositoryId, ...settings }),
    (repositoryId: string) => asked.plans.update({ id: web.planId, repositoryId, ...settings }),
  ]) {
    expect(await saidOf(save(db.repositoryId))).toBe("This client has no such repository.");
    expect(await saidOf(save(unknown))).toBe("This client has no such repository.");
  }
});

it("asks for the permission of the work itself to cancel or retry a job", async () => {
  const fleet = await smallFleet();
  const { web, world } = fleet;
  const kinds = {
    "create-repository": "manage-repositories",
    audit: "maintenance",
    "trash-archives": "delete-archives",
  } as const;
  for (const [kind, permission] of Object.entries(kinds)) {
    await world.database.pool.sql`update jobs set kind = ${kind}, payload = '{"archiveIds": []}'
      where id in (${web.queuedJobId}, ${web.failedJobId})`;
    const wrong: Grant["permissions"] = ["backup", "manage-plans"];
    const other = consoleOf(fleet, personActor({ grants: [{ ...only(web.clientId), permissions: wrong }] }));
    await expect(other.jobs.cancel({ id: web.queuedJobId })).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(other.jobs.retry({ id: web.failedJobId })).rejects.toMatchObject({ code: "FORBIDDEN" });
    const right: Grant["permissions"] = [permission];
    const mine = consoleOf(fleet, personActor({ grants: [{ ...only(web.clientId), permissions: right }] }));
    expect((await mine.jobs.retry({ id: web.failedJobId })).jobId).not.toBe(web.failedJobId);
    await world.database.pool
      .sql`update jobs set ended_at = now(), state = 'cancelled' where retry_of is not null`;
  }
});
