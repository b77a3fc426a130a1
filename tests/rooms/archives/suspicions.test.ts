import { expect, it } from "vitest";
import type { ArchiveItem } from "~/borg/archive-items";
import { type ArchiveId, archiveId } from "~/domain/id";
import { lookForTrouble } from "~/server/alerts/look-for-trouble";
import { createCaller } from "~/server/api/root";
import { scoreArchives } from "~/server/archives/anomaly/score-archives";
import { openCatalog } from "~/server/archives/catalog/open-catalog";
import { writeArchive } from "~/server/archives/catalog/write-archive";
import { prunePlan } from "~/server/archives/prune-plan";
import { queueCatalog } from "~/server/archives/queue-catalog";
import { catalogSql } from "~/server/catalog-pool";
import { MAIN_NODE } from "~/server/clients/ensure-storage-node";
import { claimJob } from "~/server/jobs/claim-job";
import { listEntries } from "~/server/journal/list-entries";
import { compactRepository } from "~/server/maintenance/compact-repository";
import { boundKeeper } from "~/worker/bound-keeper";
import { handlers } from "~/worker/handlers";
import { agentWorld } from "~tests/support/agent-world";
import { ledgerArchive } from "~tests/support/archive-world";
import { later } from "~tests/support/database";
import { DAY, KEEP_NOTHING_YET, retainedWorld } from "~tests/support/retained-world";
import { ScriptedKeeper } from "~tests/support/scripted-keeper";

const JUNE = 1_780_272_000_000_000;
const item = (path: string, day: number, size: number, type = "-"): ArchiveItem => ({
  ...{ path, type, mode: "rw-r--r--", owner: "root", group: "root", target: null },
  ...{ size, modified: JUNE + day * 86_400_000_000 },
});

/** Folders `a` and `b` of a hundred files each, and `notes` of three. Values: day of the last change. */
type Tree = Map<string, number>;
const ordinary = (): Tree =>
  new Map(
    ["a", "b"].flatMap((folder) =>
      Array.from({ length: 100 }, (_, n) => [`${folder}/file-${n}.doc`, 0] as [string, number]),
    ),
  );

async function world() {
  const made = await agentWorld();
  const sql = catalogSql();
  const repository = await openCatalog(sql, made.repositoryId);
  const ids = { clientId: made.client.id, repositoryId: made.repositoryId };
  let day = 0;
  /** `uncatalogued`: only the ledger knows it. */
  const enter = async (
    tree: Tree,
    newBytes: number,
    given: { uncatalogued?: boolean; name?: string } = {},
  ) => {
    day++;
    const { id } = await ledgerArchive(made, {
      name: given.name ?? `day-${day}`,
      observedAt: later({ hours: 24 * day }),
    });
    const files = [...tree].map(([path, changed]) => item(path, changed, 1000));
    const bytes = files.length * 1000;
    await made.database.pool.sql`
      update archive_ledger set described_at = now(), original_bytes = ${bytes}, compressed_bytes = ${bytes / 2},
        deduplicated_bytes = ${newBytes}, file_count = ${files.length} where id = ${id}`;
    if (!given.uncatalogued) await catalogue(id, tree);
    return archiveId.parse(id);
  };
  const catalogue = (id: string, tree: Tree) => {
    const folders = [...new Set([...tree.keys()].map((path) => path.split("/")[0] ?? ""))];
    const items = folders.flatMap((folder) => [
      item(folder, 0, 0, "d"),
      ...[...tree]
        .filter(([path]) => path.startsWith(`${folder}/`))
        .map(([path, at]) => item(path, at, 1000)),
    ]);
    return writeArchive(sql, { repository, planId: made.planId, archiveId: id }, async function* () {
      yield items;
    });
  };
  const caller = createCaller({ ...made.admin(), peer: null });
  return {
    ...{ ...made, ids, enter, catalogue, caller },
    today: () => day,
    score: () => scoreArchives(made.database.workerCtx(), ids),
    of: async (id: ArchiveId) => (await caller.archives.suspicion({ archiveId: id })).suspicion,
  };
}

/** Half of folder `a` and of `b` encrypted and renamed, on a day. */
function encrypted(tree: Tree, day: number): Tree {
  return new Map(
    [...tree].map(
      ([path, at], n) => (n % 2 === 0 ? [`${path}.locked`, day] : [path, at]) as [string, number],
    ),
  );
}

it("scores archives once, oldest first, and finds what was encrypted in its first backup", async () => {
  const { enter, score, of, admin } = await world();
  const tree = ordinary();
  for (let n = 0; n < 3; n++) await enter(tree, 0);
  const bad = await enter(encrypted(tree, 4), 100_000, { name: "night" });
  expect(await score()).toEqual({ scored: 4, suspicious: ["night"] });
  expect(await score()).toEqual({ scored: 0, suspicious: [] });
  expect(await of(bad)).toMatchObject({
    ...{ strength: "strong", basis: "catalog", holds: true, before: { name: "day-3" } },
    features: { changes: { added: { files: 100 }, removed: { files: 100 }, extensionShift: 100 } },
  });
  const [entry] = (await listEntries(admin(), { limit: 1 })).items;
  expect(entry).toMatchObject({ action: "archives.suspicion.found", who: "the server" });
});

it("scores by borg's numbers what the catalog does not hold, says so, and again when it does", async () => {
  const { enter, score, of, catalogue } = await world();
  const tree = ordinary();
  for (let n = 0; n < 2; n++) await enter(tree, 0);
  const bad = await enter(encrypted(tree, 3), 100_000, { uncatalogued: true });
  await score();
  expect(await of(bad)).toMatchObject({ basis: "borg", strength: "none" });
  expect(await score()).toMatchObject({ scored: 0 });
  await catalogue(bad, encrypted(tree, 3));
  expect(await score()).toMatchObject({ scored: 1 });
  expect(await of(bad)).toMatchObject({ basis: "catalog", strength: "strong" });
});

it("waits for numbers, and the catalog's job is queued until all are scored", async () => {
  const { enter, score, ids, database } = await world();
  const id = await enter(ordinary(), 0);
  await database.pool.sql`update archive_ledger set described_at = null where id = ${id}`;
  expect(await score()).toMatchObject({ scored: 0 });
  const queued = async () => {
    await queueCatalog(database.workerCtx(), ids);
    return (await database.pool.sql`select 1 from jobs where kind = 'catalog' and state = 'queued'`).length;
  };
  expect(await queued()).toBe(0);
  await database.pool.sql`update archive_ledger set described_at = now() where id = ${id}`;
  expect(await queued()).toBe(1);
});

it("raises an alert until a person has said that it was meant, for the journal", async () => {
  const { enter, score, of, caller, admin, database } = await world();
  const tree = ordinary();
  await enter(tree, 0);
  const bad = await enter(encrypted(tree, 2), 100_000);
  await score();
  await lookForTrouble(database.workerCtx());
  const open = await caller.alerts.list({ kind: "backup-suspicious", open: true, limit: 5 });
  expect(open.items).toMatchObject([{ severity: "critical", archiveId: bad }]);
  expect(
    await caller.archives.resolveSuspicion({ archiveId: bad, resolution: "ours", reason: "I packed them" }),
  ).toEqual({
    stillHeld: false,
  });
  expect(await of(bad)).toMatchObject({ holds: false, resolution: "ours", reason: "I packed them" });
  const [entry] = (await listEntries(admin(), { limit: 1 })).items;
  expect(entry).toMatchObject({ action: "archives.suspicion.resolved" });
  await lookForTrouble(database.workerCtx());
  expect((await caller.alerts.list({ kind: "backup-suspicious", open: true, limit: 5 })).items).toEqual([]);
  const again = caller.archives.resolveSuspicion({ archiveId: bad, resolution: "ours", reason: "again" });
  await expect(again).rejects.toMatchObject({ cause: { code: "invalid-input" } });
});

it("lists what a suspicious backup changed file by file, in pages, with the version before", async () => {
  const { enter, score, caller } = await world();
  const tree = ordinary();
  await enter(tree, 0);
  const bad = await enter(encrypted(tree, 2), 100_000);
  await score();
  const seen: { path: string; change: string; bytesBefore: number | null }[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof caller.archives.changedFiles>> = await caller.archives.changedFiles(
      {
        ...{ archiveId: bad, limit: 70, cursor },
      },
    );
    seen.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  const named = seen.map(({ path, change, bytesBefore }) => [atob(path), change, bytesBefore]);
  expect(named).toHaveLength(200);
  expect(named).toContainEqual(["a/file-0.doc", "removed", 1000]);
  expect(named).toContainEqual(["b/file-98.doc.locked", "added", null]);
});

it("makes the clean set of the last archive before the run and of what is clean and newer", async () => {
  const { enter, score, caller, today } = await world();
  const tree = ordinary();
  await enter(tree, 0);
  const clean = await enter(tree, 0);
  const night = encrypted(tree, 3);
  const bad = await enter(night, 100_000, { name: "night" });
  const after = new Map(night);
  after.set("a/file-1.doc", 4);
  after.set("a/file-0.doc.locked", 4);
  after.set("notes/new.txt", 4);
  const newest = await enter(after, 2000);
  expect(today()).toBe(4);
  await score();
  for (const asked of [clean, bad, newest]) {
    const set = await caller.archives.cleanSet({ archiveId: asked });
    expect(set).toMatchObject({
      ...{ suspicious: { archiveId: bad }, lastClean: { archiveId: clean }, laterPaths: 2, leftOut: 0 },
      parts: [{ archiveId: clean, paths: [] }, { archiveId: newest }],
    });
    expect(set?.parts[1]?.paths.map(atob).sort()).toEqual(["a/file-1.doc", "notes"]);
  }
  await caller.archives.resolveSuspicion({ archiveId: bad, resolution: "ours", reason: "it was me" });
  expect(await caller.archives.cleanSet({ archiveId: newest })).toBe(null);
});

it("holds retention, the trash and compaction of the repository", async () => {
  const given = await retainedWorld();
  for (let n = 4; n >= 0; n--)
    await given.backup(`d${n}`, new Date(given.now.getTime() - n * DAY - 3_600_000));
  await given.keep({ ...KEEP_NOTHING_YET, last: 3 });
  const { world: made, port, ids, now } = given;
  const ctx = made.database.workerCtx(now);
  const prune = () => prunePlan(ctx, port, { ...ids, planId: made.planId });
  const { sql } = made.database.pool;
  expect((await prune()).trashed.length).toBeGreaterThan(0);
  await sql`update archive_ledger set trashed_at = null`;
  for (const archive of given.ledger.archives) given.ledger.change(archive.borgId, { trashedAt: null });
  await sql`
    insert into archive_scores (archive_id, repository_id, plan_id, observed_at, features, basis, score, strength, reasons, scored_at)
    select id, repository_id, ${made.planId}, observed_at, '{}', 'catalog', 90, 'strong', '[]', now() from archive_ledger where name = 'd0'`;
  expect(await prune()).toMatchObject({
    considered: 0,
    trashed: [],
    held: expect.stringContaining("d0 looks suspicious"),
  });
  await expect(compactRepository(ctx, port, ids)).rejects.toMatchObject({ code: "retention-held" });
  const [some] = await sql`select id, name from archive_ledger where name = 'd4'`;
  const caller = createCaller({ ...made.admin(), peer: null });
  const removal = caller.archives.remove({ id: archiveId.parse(String(some?.id)), typedName: "d4" });
  await expect(removal).rejects.toMatchObject({ cause: { code: "retention-held" } });
  expect(await given.trashed()).toEqual([]);
  await sql`update archive_scores set resolved_at = now(), resolution = 'dealt-with'`;
  expect((await prune()).trashed.length).toBeGreaterThan(0);
});

it("is scored by the catalog's job, also when that was cut off between the two", async () => {
  const made = await world();
  const keeper = await new ScriptedKeeper().start();
  const id = await made.enter(ordinary(), 0);
  // The catalog holds it already, as after kill -9 right behind the first half.
  const ctx = made.database.workerCtx();
  await queueCatalog(ctx, made.ids);
  const job = await claimJob(ctx, { storageNodeId: MAIN_NODE, heldBy: "test", kinds: ["catalog"] });
  if (!job) throw new Error("no catalog was queued");
  const done = await handlers.catalog.run(ctx, boundKeeper(keeper.call, {}), job);
  expect(done.result).toMatchObject({ archives: 0, scored: 1 });
  expect(await made.of(id)).toMatchObject({ strength: "none", before: null });
});

/** Half of the files encrypted under their own names. */
const inPlace = (tree: Tree, day: number, from = 0): Tree =>
  new Map([...tree].map(([path, at], n) => [path, n % 2 === from ? day : at] as [string, number]));

it("is not taught by attacks, but by people who say that it was meant", async () => {
  const { enter, score, of, caller } = await world();
  let tree = ordinary();
  for (let n = 0; n < 5; n++) await enter(tree, 0);
  const nights: ArchiveId[] = [];
  for (let n = 0; n < 7; n++) {
    tree = inPlace(tree, 10 + n);
    nights.push(await enter(tree, 100_000));
  }
  expect((await score()).suspicious).toHaveLength(7);
  for (const archiveId of nights)
    await caller.archives.resolveSuspicion({ archiveId, resolution: "ours", reason: "it always does" });
  const next = await enter(inPlace(tree, 30), 100_000);
  await score();
  expect(await of(next)).toMatchObject({ strength: "none" });
});

it.each([
  ["the machine says less than borg here", 0, 100_000],
  ["borg here was asked when the next archive was there already", 100_000, 0],
])("goes by the larger number of new data: %s", async (_, claimed, ours) => {
  const { enter, score, of, database, ids, planId } = await world();
  const tree = ordinary();
  await enter(tree, 0);
  const bad = await enter(inPlace(tree, 2), ours);
  const { sql } = database.pool;
  await sql`
    insert into jobs (id, run_id, kind, executor, lane, client_id, repository_id, plan_id, state, payload, created_at, ended_at, result)
    select job_id, 'run', 'backup', 'agent', 'backup', ${ids.clientId}, ${ids.repositoryId}, ${planId}, 'succeeded', '{}', now(), now(),
      jsonb_build_object('kind', 'backup', 'archive', jsonb_build_object('borgId', borg_id, 'deduplicatedBytes', ${claimed}::int))
    from archive_ledger where id = ${bad}`;
  await score();
  expect(await of(bad)).toMatchObject({ strength: "strong", features: { newBytes: 100_000 } });
});
