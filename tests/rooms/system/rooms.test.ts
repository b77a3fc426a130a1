import { expect, it } from "vitest";
import type { NodeStatus } from "~/domain/node-status";
import { getOverview } from "~/server/system/get-overview";
import { readRoomOf, readRooms } from "~/server/system/read-rooms";
import { recordNodeStatus } from "~/server/system/record-node-status";
import { later, testDatabase } from "~tests/support/database";
import { enrolledClient, readyRepository, reportNode, testPublicKey } from "~tests/support/fleet";
import { personActor } from "~tests/support/person";

const GIB = 1024 ** 3;
const status = (mainFree: number, nasFree?: number): NodeStatus => ({
  ...{ root: true, borgVersion: "1.2.4", sshHostKeys: [testPublicKey()], protections: [] },
  ...{ freeBytes: mainFree, totalBytes: 100 * GIB },
  locations: [
    { name: "main", problem: null, freeBytes: mainFree, totalBytes: 100 * GIB },
    ...(nasFree === undefined
      ? []
      : [{ name: "nas", problem: null, freeBytes: nasFree, totalBytes: 100 * GIB }]),
    { name: "away", problem: "It is not mounted.", freeBytes: 0, totalBytes: 0 },
  ],
});

it("says when storage is full by what was added in the last 30 days, and why it cannot say it yet", async () => {
  const database = await testDatabase();
  const at = (days: number) => database.workerCtx(later({ hours: 24 * days }));
  await recordNodeStatus(at(0), { status: status(90 * GIB, 50 * GIB) });
  expect(await readRooms(at(0))).toMatchObject([
    { location: "main", freeBytes: 90 * GIB, forecast: { kind: "too-early" } },
    { location: "nas", forecast: { kind: "too-early" } },
  ]);
  // A gibibyte a day into one; nothing into the other.
  for (const day of [1, 2, 3, 10])
    await recordNodeStatus(at(day), { status: status((90 - day) * GIB, 50 * GIB) });
  expect(await readRooms(at(10))).toMatchObject([
    { location: "main", forecast: { kind: "days", days: 79, overDays: 10 } },
    { location: "nas", forecast: { kind: "not-growing", overDays: 10 } },
  ]);
  const { storage } = await getOverview(database.ctx({ now: later({ hours: 240 }) }));
  expect(storage).toMatchObject({ freeBytes: 130 * GIB, forecastOf: "main", forecast: { days: 79 } });
  // What was long ago says nothing of now.
  for (const day of [40, 60]) await recordNodeStatus(at(day), { status: status(80 * GIB) });
  expect(await readRooms(at(60))).toMatchObject([{ forecast: { kind: "not-growing", overDays: 20 } }]);
});

it("keeps one row a day and location, however often the node reports", async () => {
  const database = await testDatabase();
  for (const hours of [0, 1, 2, 23, 25])
    await recordNodeStatus(database.workerCtx(later({ hours })), { status: status(90 * GIB) });
  const days = await database.pool.sql`select location, measured_on from storage_days`;
  expect(new Set(days.map((day) => day.location))).toEqual(new Set(["main"]));
  expect(days.length).toBe(new Set(days.map((day) => String(day.measured_on))).size);
  expect(days.length).toBeLessThanOrEqual(3);
});

it("leaves room for the compaction of the largest repository, and tells of the room where a repository lies", async () => {
  const database = await testDatabase();
  await reportNode(database.ctx());
  const client = await enrolledClient(database.ctx(), "web-01");
  const { id } = await readyRepository(database.ctx(), client.id);
  await database.pool.sql`update repositories set size_bytes = ${200 * GIB}`;
  await database.pool.sql`delete from storage_days`;
  for (const day of [0, 10])
    await recordNodeStatus(database.workerCtx(later({ hours: 24 * day })), {
      status: status((90 - day) * GIB),
    });
  const ctx = database.workerCtx(later({ hours: 240 }));
  expect(await readRoomOf(ctx, { repositoryId: id })).toMatchObject({
    ...{ location: "main", forecast: { kind: "days", days: 60 } },
  });
  expect(await readRoomOf(ctx, { repositoryId: "none" })).toBeNull();
  const viewer = personActor({ grants: [{ clientId: client.id, tag: null, permissions: ["view"] }] });
  expect((await getOverview(database.ctx({ actor: viewer }))).storage).toBeNull();
});
