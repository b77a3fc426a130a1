import { eq } from "drizzle-orm";
import { expect, it } from "vitest";
import type { DatabaseOutcome } from "~/protocol/backup-extras";
import { authorize } from "~/server/access/authorize";
import { jobs } from "~/server/db/schema/jobs";
import { startDatabaseRestore } from "~/server/restores/start-database-restore";
import { agentWorld, pollOk } from "~tests/support/agent-world";
import { ledgerArchive } from "~tests/support/archive-world";
import { TEST_MACHINE, TEST_POLICY } from "~tests/support/fleet";

const target = { entry: "main", dump: "databases/main/app.dump", into: "app" };
const dump = (change: Partial<DatabaseOutcome> = {}): DatabaseOutcome => ({
  ...{ source: "main", database: "app", path: target.dump, bytes: 10, problem: null },
  ...change,
});

async function given(
  outcome = dump(),
  { restore = true, abilities = ["backup-extras", "database-restore"] } = {},
) {
  const world = await agentWorld();
  const databases = [{ name: "main", engine: "postgresql" as const, restore }];
  const poll = {
    machine: { ...TEST_MACHINE, abilities },
    policy: { ...TEST_POLICY, databases },
    freeLanes: ["restore" as const],
  };
  await pollOk(world, poll);
  const jobId = await world.startBackup();
  const result = { kind: "backup", databases: [outcome] };
  const ended = { state: "succeeded" as const, endedAt: new Date(), result };
  await world.database.pool.db.update(jobs).set(ended).where(eq(jobs.id, jobId));
  const archive = await ledgerArchive(world, { jobId });
  const may = await authorize(world.admin(), "restore", world.client.id);
  const start = () => startDatabaseRestore(world.admin(), may, { archiveId: archive.id, ...target });
  return { world, poll, archive, start };
}

it("hands the machine one dump to bring back, with the archive's borg id", async () => {
  const { world, poll, archive, start } = await given();
  const { jobId } = await start();
  expect((await pollOk(world, poll)).jobs).toMatchObject([
    { kind: "restore", jobId, archive: { borgId: archive.borgId }, paths: [], database: target },
  ]);
});

it.each([
  ["a machine whose policy does not allow it", dump(), { restore: false }, "target-forbidden"],
  [
    "an agent that would restore files in its place",
    dump(),
    { abilities: ["backup-extras"] },
    "agent-too-old",
  ],
  ["a dump that was not whole", dump({ problem: "It broke off." }), {}, "invalid-input"],
  ["a dump that the backup does not list", dump({ path: "databases/main/other.dump" }), {}, "invalid-input"],
])("queues nothing for %s", async (_, outcome, machine, code) => {
  const { world, start } = await given(outcome, machine);
  await expect(start()).rejects.toMatchObject({ code });
  expect(await world.database.pool.sql`select id from jobs where kind = 'restore'`).toHaveLength(0);
});
