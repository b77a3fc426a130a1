import { eq } from "drizzle-orm";
import { expect, it } from "vitest";
import { jobPayloads } from "~/domain/job-payload";
import { NO_OPTIONS } from "~/domain/no-options";
import type { DatabaseSource } from "~/domain/plan-options";
import type { DatabaseOutcome } from "~/protocol/backup-extras";
import { authorize } from "~/server/access/authorize";
import { jobs } from "~/server/db/schema/jobs";
import { databaseOptions } from "~/server/restores/database-options";
import { startDatabaseRestore } from "~/server/restores/start-database-restore";
import { agentWorld, pollOk } from "~tests/support/agent-world";
import { ledgerArchive } from "~tests/support/archive-world";
import { TEST_MACHINE, TEST_POLICY } from "~tests/support/fleet";
import { journalOf } from "~tests/support/journal";

const target = { entry: "main", dump: "databases/main/app.dump", into: "app", replace: false };
const dump = (change: Partial<DatabaseOutcome> = {}): DatabaseOutcome => ({
  ...{ source: "main", database: "app", path: target.dump, bytes: 10, problem: null },
  ...change,
});

const NEWEST = ["backup-extras", "database-restore", "database-copy"];

const BACKUP = {
  ...{ archiveName: "a", sources: [], excludes: [], compression: "lz4" },
  ...{ oneFileSystem: false, excludeCaches: false },
};

async function given(
  outcome = dump(),
  { restore = true, abilities = NEWEST, engine = "postgresql" as DatabaseSource["engine"] } = {},
) {
  const world = await agentWorld();
  const databases = [
    { name: "spare", engine, restore },
    { name: "main", engine, restore },
    { name: "other", engine: "mysql" as const, restore: true },
  ];
  const poll = {
    machine: { ...TEST_MACHINE, abilities },
    policy: { ...TEST_POLICY, databases },
    freeLanes: ["restore" as const],
  };
  await pollOk(world, poll);
  const jobId = await world.startBackup();
  const result = { kind: "backup", databases: [outcome] };
  const source: DatabaseSource = {
    ...{ engine, name: "main", databases: [], credentials: { kind: "local", name: "main" } },
    ...{ host: "", port: null, user: "" },
  };
  const asked = { ...NO_OPTIONS, databases: [source] };
  const payload = jobPayloads.backup.parse({ ...BACKUP, planId: world.planId, options: asked });
  const ended = { state: "succeeded" as const, endedAt: new Date(), result, payload };
  await world.database.pool.db.update(jobs).set(ended).where(eq(jobs.id, jobId));
  const archive = await ledgerArchive(world, { jobId });
  const may = await authorize(world.admin(), "restore", world.client.id);
  const start = (change: Partial<typeof target> = {}) =>
    startDatabaseRestore(world.admin(), may, { archiveId: archive.id, ...target, ...change });
  const options = async () =>
    databaseOptions(world.admin(), await authorize(world.admin(), "view", world.client.id), {
      archiveId: archive.id,
    });
  return { world, poll, archive, start, options };
}

it("hands the machine one dump to bring back, with the archive's borg id", async () => {
  const { world, poll, archive, start } = await given();
  const { jobId } = await start();
  expect((await pollOk(world, poll)).jobs).toMatchObject([
    {
      kind: "restore",
      jobId,
      archive: { borgId: archive.borgId },
      paths: [],
      database: { ...target, bytes: 10 },
    },
  ]);
  const entry = (await journalOf(world.database)).at(-1);
  expect(entry?.say).toContain("back as the database app on");
});

it("lists what an archive holds, with the entries that may take it, its own first", async () => {
  const { options } = await given();
  expect(await options()).toEqual([
    { ...dump(), engine: "postgresql", entries: ["main", "spare"], whyNot: null },
  ]);
  const { options: closed } = await given(dump(), { restore: false });
  const [one] = await closed();
  expect(one).toMatchObject({ entries: [] });
  expect(one?.whyNot).toContain("databases.spare.restore or databases.main.restore");
});

it("lets a database be replaced by an agent that cannot make copies yet, and MongoDB by none such", async () => {
  const older = { abilities: ["backup-extras", "database-restore"] };
  const { start } = await given(dump(), older);
  await expect(start()).rejects.toMatchObject({ code: "agent-too-old" });
  expect((await start({ replace: true })).jobId).not.toBe("");
  const path = "databases/main/app.archive";
  const mongo = await given(dump({ path }), { ...older, engine: "mongodb" });
  await expect(mongo.start({ dump: path, replace: true })).rejects.toMatchObject({ code: "agent-too-old" });
  const newest = await given(dump({ path }), { engine: "mongodb" });
  expect((await newest.start({ dump: path })).jobId).not.toBe("");
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
  [
    "accounts and roles",
    dump({ database: "globals", path: "databases/main/globals.sql" }),
    {},
    "invalid-input",
  ],
])("queues nothing for %s", async (_, outcome, machine, code) => {
  const { world, start } = await given(outcome, machine);
  await expect(start({ dump: outcome.path ?? target.dump, replace: true })).rejects.toMatchObject({ code });
  expect(await world.database.pool.sql`select id from jobs where kind = 'restore'`).toHaveLength(0);
});

it("queues nothing for a dump that the backup does not list, or into an entry of another kind", async () => {
  const { start } = await given();
  await expect(start({ dump: "databases/main/other.dump" })).rejects.toMatchObject({ code: "invalid-input" });
  await expect(start({ entry: "other" })).rejects.toMatchObject({ code: "target-forbidden" });
});
