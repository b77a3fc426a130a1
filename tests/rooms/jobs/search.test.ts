import { expect, it } from "vitest";
import { createCaller } from "~/server/api/root";
import { listJobs } from "~/server/jobs/list-jobs";
import { signedInAs } from "~tests/support/acting-people";
import { type SmallFleet, smallFleet } from "~tests/support/small-fleet";

const idsOf = async (fleet: SmallFleet, input: Omit<Parameters<typeof listJobs>[1], "limit">) => {
  const { items } = await listJobs(fleet.world.admin(), { limit: 50, kinds: ["backup"], ...input });
  return items.map((job) => job.id).sort();
};

it("finds jobs by part of the name of a client, a plan or a repository", async () => {
  const fleet = await smallFleet();
  const { web, db } = fleet;
  const ofDb = [db.failedJobId, db.queuedJobId].sort();
  const ofWeb = [web.failedJobId, web.queuedJobId].sort();
  expect(await idsOf(fleet, { search: "DB-0" })).toEqual(ofDb);
  expect(await idsOf(fleet, { search: "atabas" })).toEqual(ofDb);
  expect(await idsOf(fleet, { search: "vault" })).toEqual(ofDb);
  expect(await idsOf(fleet, { search: "web-01" })).toEqual(ofWeb);
  expect(await idsOf(fleet, { search: "%" })).toEqual([]);
  expect(await idsOf(fleet, { search: "nothing of that name" })).toEqual([]);
});

it("finds a job by its id and by the archive it makes, in full", async () => {
  const fleet = await smallFleet();
  const { queuedJobId } = fleet.web;
  expect(await idsOf(fleet, { search: queuedJobId })).toEqual([queuedJobId]);
  expect(await idsOf(fleet, { search: `made-by-${queuedJobId}` })).toEqual([queuedJobId]);
});

it("narrows a search by the other filters, and pages through what it finds", async () => {
  const fleet = await smallFleet();
  const { db } = fleet;
  expect(await idsOf(fleet, { search: "db-01", states: ["failed"] })).toEqual([db.failedJobId]);
  expect(await idsOf(fleet, { search: "db-01", kinds: ["compact"] })).toEqual([]);
  const page = { search: "db-01", kinds: ["backup" as const], limit: 1 };
  const first = await listJobs(fleet.world.admin(), page);
  const second = await listJobs(fleet.world.admin(), { ...page, cursor: first.nextCursor });
  expect([...first.items, ...second.items].map((job) => job.id).sort()).toEqual(
    [db.failedJobId, db.queuedJobId].sort(),
  );
  expect(second.nextCursor).toBeNull();
});

it("finds by when a job was asked for", async () => {
  const fleet = await smallFleet();
  const old = fleet.web.failedJobId;
  await fleet.world.database.pool.sql`
    update jobs set created_at = '2026-01-05T12:00:00Z' where id = ${old}`;
  const from = new Date("2026-01-05T00:00:00Z");
  const to = new Date("2026-01-06T00:00:00Z");
  expect(await idsOf(fleet, { from, to })).toEqual([old]);
  expect(await idsOf(fleet, { from: to })).not.toContain(old);
});

it("finds nothing of a machine that somebody may not see, by whatever name", async () => {
  const fleet = await smallFleet();
  const { web, db, world } = fleet;
  const actor = await signedInAs(world.database, {
    grants: [{ clientId: web.clientId, tag: null, permissions: ["view"] }],
  });
  const caller = createCaller({ ...world.admin(), actor, peer: null });
  for (const search of ["db-01", "Databases", db.queuedJobId, `made-by-${db.queuedJobId}`]) {
    expect((await caller.jobs.list({ search })).items).toEqual([]);
  }
});
