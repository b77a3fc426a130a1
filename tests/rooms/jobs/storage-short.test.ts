import { expect, it } from "vitest";
import { agentWorld, pollOk } from "~tests/support/agent-world";
import { reportRoom } from "~tests/support/alert-world";

const GB = 1_000_000_000;

it("begins no backup where the room that compaction needs would be used, says why, and goes on by itself", async () => {
  const world = await agentWorld();
  await world.database.pool.sql`update repositories set size_bytes = ${6 * GB}`;
  const jobId = await world.startBackup();
  await reportRoom(world.admin(), 0.55 * GB);
  expect((await pollOk(world)).jobs).toEqual([]);
  expect(await world.job(jobId)).toMatchObject({ state: "queued", problem: { code: "storage-short" } });
  expect((await world.job(jobId)).problem?.say).toContain("are kept for compaction");
  await reportRoom(world.admin(), 2 * GB);
  expect((await pollOk(world)).jobs).toHaveLength(1);
});

it("asks for the room of the location that the repository lies in", async () => {
  const world = await agentWorld();
  await world.database.pool.sql`update repositories set size_bytes = ${6 * GB}, location = 'nas'`;
  await world.startBackup();
  const locate = (nasFree: number) => world.database.pool.sql`
    update system_node_status set status = jsonb_set(status, '{locations}', ${JSON.stringify([
      { name: "main", problem: null, freeBytes: 5 * GB, totalBytes: 9 * GB },
      { name: "nas", problem: null, freeBytes: nasFree, totalBytes: 9 * GB },
    ])}::text::jsonb)`;
  await locate(0.5 * GB);
  expect((await pollOk(world)).jobs).toEqual([]);
  await locate(3 * GB);
  expect((await pollOk(world)).jobs).toHaveLength(1);
});
