import { expect, it, onTestFinished } from "vitest";
import { archiveId } from "~/domain/id";
import { authorize } from "~/server/access/authorize";
import { createCaller } from "~/server/api/root";
import { bringBackArchives } from "~/server/archives/bring-back";
import { listArchives } from "~/server/archives/list-archives";
import { protectArchives } from "~/server/archives/protect";
import { removeArchive } from "~/server/archives/remove-archive";
import { trashArchives } from "~/server/archives/trash-archives";
import { listEntries } from "~/server/journal/list-entries";
import { verifyJournal } from "~/server/journal/verify-journal";
import { copyLedger } from "~/server/vault/copy-ledger";
import { copyState } from "~/server/vault/copy-state";
import { boundKeeper } from "~/worker/bound-keeper";
import { startClaiming } from "~/worker/claim";
import { agentWorld } from "~tests/support/agent-world";
import { enrolledClient } from "~tests/support/fleet";
import { scriptLedger } from "~tests/support/ledger-keeper";
import { ScriptedKeeper } from "~tests/support/scripted-keeper";
import { until } from "~tests/support/until";

const DAY = 86_400_000;
const borgIdOf = (n: number) => n.toString(16).padStart(64, "0");

/** Three archives by hand, `one` the oldest, in the keeper's ledger and in ours, and a worker. */
async function given() {
  const world = await agentWorld();
  const keeper = await new ScriptedKeeper().start();
  const ledger = scriptLedger(keeper);
  const names = ["one", "two", "three"];
  names.forEach((name, n) => {
    ledger.enter({
      name,
      borgId: borgIdOf(n),
      observedAt: new Date(Date.now() - (9 - n) * DAY).toISOString(),
    });
  });
  const port = boundKeeper(keeper.call, {});
  const ids = { clientId: world.client.id, repositoryId: world.repositoryId };
  const sync = async () => {
    await copyLedger(world.admin(), port, ids);
    await copyState(world.admin(), port, ids);
  };
  await sync();
  const caller = () => createCaller({ ...world.admin(), peer: null });
  const idOf = async (name: string) => {
    const rows = await world.database.pool.sql`select id from archive_ledger where name = ${name}`;
    return archiveId.parse(rows[0]?.id);
  };
  const worker = async () => {
    const claiming = await startClaiming({
      ...{ storageNodeId: "main", slots: 2, quickSlots: 1, sweepMs: 200, heartbeatMs: 1000 },
      callKeeper: keeper.call,
    });
    onTestFinished(() => claiming.stop(0));
  };
  const ended = async (jobId: string) => {
    await until("the job has ended", async () => (await world.job(jobId)).endedAt !== null);
    const [job] = await world.database.pool.sql`select state, result, problem from jobs where id = ${jobId}`;
    return job;
  };
  const namesIn = async (trashed: boolean) =>
    (await caller().archives.list({ trashed, limit: 50 })).items.map((row) => row.name);
  return { world, keeper, ledger, port, ids, sync, caller, idOf, worker, ended, namesIn };
}

it("moves an archive to the trash by its typed name, says until when, and brings it back", async () => {
  const { world, caller, idOf, worker, ended, namesIn } = await given();
  await worker();
  const id = await idOf("one");
  await expect(caller().archives.remove({ id, typedName: "One" })).rejects.toMatchObject({
    code: "BAD_REQUEST",
  });
  const { jobId } = await caller().archives.remove({ id, typedName: "one" });
  expect(await ended(jobId)).toMatchObject({ state: "succeeded", result: { trashed: ["one"], kept: [] } });

  expect(await namesIn(false)).toEqual(["three", "two"]);
  const [row] = (await caller().archives.list({ trashed: true, limit: 50 })).items;
  expect(row?.name).toBe("one");
  expect(row?.trashEndsAt?.getTime()).toBe((row?.trashedAt?.getTime() ?? 0) + 7 * DAY);
  expect(await caller().archives.get({ id })).toMatchObject({ name: "one", trashedAt: row?.trashedAt });
  await expect(caller().archives.remove({ id, typedName: "one" })).rejects.toMatchObject({
    code: "BAD_REQUEST",
  });

  const back = await caller().archives.bringBack({ id });
  expect(await ended(back.jobId)).toMatchObject({ state: "succeeded", result: { broughtBack: ["one"] } });
  expect(await namesIn(false)).toEqual(["three", "two", "one"]);
  expect(await namesIn(true)).toEqual([]);
  await expect(caller().archives.bringBack({ id })).rejects.toMatchObject({ code: "BAD_REQUEST" });

  const said = (await listEntries(world.admin(), { group: "archives", limit: 50 })).items.map((entry) => [
    entry.who,
    entry.action,
  ]);
  expect(said.toReversed()).toEqual([
    ["Ada Admin", "archives.trash.asked"],
    ["the server", "archives.trash"],
    ["Ada Admin", "archives.bring-back.asked"],
    ["the server", "archives.bring-back"],
  ]);
  expect(await verifyJournal(world.admin())).toMatchObject({ intact: true });
});

it("says why the keeper keeps one, and does not call it done", async () => {
  const { caller, idOf, worker, ended, namesIn } = await given();
  await worker();
  const { jobId } = await caller().archives.remove({ id: await idOf("three"), typedName: "three" });
  expect(await ended(jobId)).toMatchObject({
    state: "failed",
    problem: { code: "not-allowed", say: expect.stringMatching(/^three stays\. It is one of the 1 newest/) },
  });
  expect(await namesIn(true)).toEqual([]);
});

it("protects an archive from the trash until the protection is taken away", async () => {
  const { caller, idOf, worker, ended } = await given();
  await worker();
  const id = await idOf("one");
  const on = await caller().archives.protect({ id, protected: true });
  expect(await ended(on.jobId)).toMatchObject({ state: "succeeded", result: { changed: ["one"] } });
  expect(await caller().archives.get({ id })).toMatchObject({ isProtected: true });
  await expect(caller().archives.remove({ id, typedName: "one" })).rejects.toThrow(/is protected/);
  const off = await caller().archives.protect({ id, protected: false });
  await ended(off.jobId);
  const { jobId } = await caller().archives.remove({ id, typedName: "one" });
  expect(await ended(jobId)).toMatchObject({ state: "succeeded" });
  await expect(caller().archives.protect({ id, protected: true })).rejects.toThrow(/Bring it back first/);
});

it("answers the job that waits when the same is asked twice, and journals it once", async () => {
  const { world, caller, idOf } = await given();
  const id = await idOf("one");
  const asked = await Promise.all([1, 2, 3].map(() => caller().archives.remove({ id, typedName: "one" })));
  expect(new Set(asked.map(({ jobId }) => jobId)).size).toBe(1);
  const protecting = await caller().archives.protect({ id, protected: true });
  const other = await caller().archives.protect({ id, protected: false });
  expect(protecting.jobId).not.toBe(other.jobId);
  expect((await caller().archives.protect({ id, protected: true })).jobId).toBe(protecting.jobId);
  expect((await listEntries(world.admin(), { group: "archives", limit: 50 })).items).toHaveLength(3);
});

it("may run twice: a worker that died after the keeper's answer ends the work", async () => {
  const { world, port, ids, idOf, namesIn } = await given();
  const archiveIds = [await idOf("one")];
  const ctx = () => world.database.workerCtx(new Date());
  const first = await trashArchives(ctx(), port, { ...ids, archiveIds });
  expect(await trashArchives(ctx(), port, { ...ids, archiveIds })).toEqual(first);
  expect(await namesIn(true)).toEqual(["one"]);
  await bringBackArchives(ctx(), port, { ...ids, archiveIds });
  expect(await bringBackArchives(ctx(), port, { ...ids, archiveIds })).toEqual({
    broughtBack: ["one"],
    gone: [],
  });
  expect(await protectArchives(ctx(), port, { ...ids, archiveIds, protected: true })).toEqual({
    changed: ["one"],
  });
  expect(await protectArchives(ctx(), port, { ...ids, archiveIds, protected: true })).toEqual({
    changed: [],
  });
});

it("says of one that a compaction has deleted that it is gone", async () => {
  const { world, ledger, port, ids, idOf, namesIn, caller } = await given();
  const id = await idOf("one");
  await trashArchives(world.admin(), port, { ...ids, archiveIds: [id] });
  ledger.change(borgIdOf(0), { removedAt: new Date().toISOString() });
  const back = bringBackArchives(world.admin(), port, { ...ids, archiveIds: [id] });
  await expect(back).rejects.toMatchObject({
    code: "archive-missing",
    say: expect.stringMatching(/^one is gone/),
  });
  expect(await namesIn(true)).toEqual([]);
  await expect(caller().archives.bringBack({ id })).rejects.toThrow(/no such archive/);
});

it("touches no archive of another client or repository", async () => {
  const { world, port, idOf, namesIn } = await given();
  const id = await idOf("one");
  const other = await enrolledClient(world.admin(), "web-02");
  const foreign = { clientId: other.id, repositoryId: "elsewhere", archiveIds: [id] };
  expect(await trashArchives(world.admin(), port, foreign)).toEqual({ trashed: [], kept: [] });
  const may = await authorize(world.admin(), "delete-archives", other.id);
  await expect(removeArchive(world.admin(), may, { archiveId: id, typedName: "one" })).rejects.toMatchObject({
    code: "archive-missing",
  });
  expect(await namesIn(true)).toEqual([]);
});

it("knows what is sealed: committed by a session up to the sealed transaction, or older than the vault", async () => {
  const { world, ledger, sync } = await given();
  const { sql } = world.database.pool;
  for (const [sequence, after] of [
    [1, 1000],
    [2, 1001],
    [3, null],
  ] as const) {
    await sql`insert into gate_sessions (id, storage_node_id, sequence, client_id, started_at, transaction_after)
      values (${`${sequence}@main`}, 'main', ${sequence}, ${world.client.id}, now(), ${after})`;
    ledger.enter({ name: `of-session-${sequence}`, borgId: borgIdOf(100 + sequence), session: sequence });
  }
  ledger.enter({ name: "of-unknown-session", borgId: borgIdOf(99), session: 4 });
  await sync();
  const sealed = async () => {
    const { items } = await listArchives(world.admin(), { limit: 50 });
    return items
      .filter((row) => row.sealed)
      .map((row) => row.name)
      .sort();
  };
  expect(await sealed()).toEqual(["of-session-1", "one", "three", "two"]);
  const [seal] = ledger.state.seals;
  if (!seal) throw new Error("no seal");
  ledger.state.seals = [
    { ...seal, releasedAfter: new Date().toISOString() },
    { ...seal, transaction: 1001 },
  ];
  await sync();
  expect(await sealed()).toEqual(["of-session-1", "of-session-2", "one", "three", "two"]);
  ledger.state.seals = [];
  await sync();
  expect(await sealed()).toEqual([]);
});
