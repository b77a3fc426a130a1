import { eq } from "drizzle-orm";
import { expect, it } from "vitest";
import { authorize } from "~/server/access/authorize";
import { jobs } from "~/server/db/schema/jobs";
import { repositories } from "~/server/db/schema/repositories";
import { deleteRepository, markForDeletion, undoDeletion } from "~/server/maintenance/carry-out-deletion";
import { requestDeletion, requestUndo } from "~/server/maintenance/delete-repository";
import { maintainWhenDue } from "~/server/maintenance/maintain-when-due";
import { requestQuotas, setQuota } from "~/server/maintenance/set-quota";
import { getRepository } from "~/server/repositories/get-repository";
import { listRepositories } from "~/server/repositories/list-repositories";
import { renameRepository } from "~/server/repositories/rename-repository";
import { boundKeeper } from "~/worker/bound-keeper";
import { agentWorld } from "~tests/support/agent-world";
import { ledgerArchive } from "~tests/support/archive-world";
import { readyRepository } from "~tests/support/fleet";
import { ScriptedKeeper } from "~tests/support/scripted-keeper";

const DAY_MS = 86_400_000;

async function world() {
  const lab = await agentWorld();
  const scripted = await new ScriptedKeeper().start();
  const keeper = boundKeeper(scripted.call, {});
  const ids = { clientId: lab.client.id, repositoryId: lab.repositoryId };
  const may = await authorize(lab.admin(), "manage-repositories", ids.clientId);
  const remove = (typedName = "main") =>
    requestDeletion(lab.admin(), may, { id: ids.repositoryId, typedName, graceDays: 14 });
  const row = async () =>
    (await lab.admin().db.select().from(repositories).where(eq(repositories.id, ids.repositoryId)))[0];
  const queued = async () =>
    (await lab.admin().db.select().from(jobs).where(eq(jobs.lane, "storage")).orderBy(jobs.createdAt))
      .map((job) => job.kind)
      .filter((kind) => kind.includes("delet"));
  const unplan = () => lab.database.pool.sql`update plans set removed_at = now()`;
  return { ...lab, scripted, keeper, ids, may, remove, row, queued, unplan };
}
type World = Awaited<ReturnType<typeof world>>;
const worker = (w: World, now = new Date()) => w.database.workerCtx(now);

it("removes, renames and brings back while others write what refers to it: nobody waits in a circle", async () => {
  const w = await world();
  await w.unplan();
  await w.database.pool.sql.begin(async (tx) => {
    // What inserting a row does that refers to it.
    await tx`select from repositories where id = ${w.ids.repositoryId} for key share`;
    await renameRepository(w.admin(), w.may, { id: w.ids.repositoryId, name: "main-2" });
    await w.remove("main-2");
    await requestUndo(w.admin(), w.may, { id: w.ids.repositoryId });
  });
  expect((await w.row())?.removedAt).toBe(null);
});

it("does not delete what a plan backs up into, also as a further repository, nor without the name", async () => {
  const w = await world();
  await expect(w.remove()).rejects.toMatchObject({ code: "repository-in-use" });
  const other = await readyRepository(w.admin(), w.ids.clientId, "other");
  await w.database.pool.sql`update plans set repository_id = ${other.id}`;
  await w.database.pool.sql`
    insert into plan_copies (plan_id, repository_id) values (${w.planId}, ${w.ids.repositoryId})`;
  await expect(w.remove()).rejects.toMatchObject({ code: "repository-in-use" });
  await w.unplan();
  await expect(w.remove("Main")).rejects.toMatchObject({ code: "invalid-input" });
  expect((await w.row())?.removedAt).toBe(null);
  expect(await w.queued()).toEqual([]);
});

it("takes it out of the lists, keeps it readable until the keeper's day, and brings it back", async () => {
  const w = await world();
  await w.unplan();
  await w.remove();
  expect(await w.queued()).toEqual(["mark-for-deletion"]);
  const list = (removed?: boolean) => listRepositories(w.admin(), { removed, limit: 10 });
  expect((await list()).items).toEqual([]);
  expect((await list(true)).items.map(({ id }) => id)).toEqual([w.ids.repositoryId]);
  const view = await authorize(w.admin(), "view", w.ids.clientId);
  expect((await getRepository(w.admin(), view, { id: w.ids.repositoryId })).deleteAfter).not.toBe(null);
  const keepersDay = new Date(Date.now() + 15 * DAY_MS).toISOString();
  w.scripted.script["mark-for-deletion"] = () => ({ output: { deleteAfter: keepersDay } });
  await markForDeletion(worker(w), w.keeper, { ...w.ids, graceDays: 14 });
  expect((await w.row())?.deleteAfter?.toISOString()).toBe(keepersDay);

  await requestUndo(w.admin(), w.may, { id: w.ids.repositoryId });
  expect((await list()).items).toHaveLength(1);
  const calls = w.scripted.calls.length;
  // The mark was put off and comes after the undoing: it must not mark a living repository.
  await markForDeletion(worker(w), w.keeper, { ...w.ids, graceDays: 14 });
  expect(w.scripted.calls).toHaveLength(calls);
  w.scripted.script["undo-deletion"] = () => ({ output: {} });
  await undoDeletion(worker(w), w.keeper, w.ids);
  expect(w.scripted.calls.at(-1)?.verb).toBe("undo-deletion");
});

it("does not bring back what has another's name now, nor after its time", async () => {
  const w = await world();
  await w.unplan();
  await w.remove();
  const undo = (now: Date) => requestUndo(w.database.ctx({ now }), w.may, { id: w.ids.repositoryId });
  await expect(undo(new Date(Date.now() + 15 * DAY_MS))).rejects.toMatchObject({ code: "invalid-input" });
  await readyRepository(w.admin(), w.ids.clientId, "main");
  await expect(undo(new Date())).rejects.toMatchObject({ code: "name-taken" });
});

it("asks the keeper when the time is over, believes its no, and forgets the archives after its yes", async () => {
  const w = await world();
  await ledgerArchive(w);
  await w.unplan();
  await w.remove();
  const after = new Date(Date.now() + 15 * DAY_MS);
  expect(await maintainWhenDue(worker(w), w.keeper)).toEqual({ queued: 0 });
  expect(await maintainWhenDue(worker(w, after), w.keeper)).toEqual({ queued: 1 });
  expect(await maintainWhenDue(worker(w, after), w.keeper)).toEqual({ queued: 0 });
  const act = () => deleteRepository(worker(w, after), w.keeper, w.ids);
  w.scripted.script["delete-repository"] = () => ({ refuse: "not-allowed", say: "Not before Friday." });
  await expect(act()).rejects.toMatchObject({ say: "Not before Friday." });
  expect((await w.row())?.deleteAfter).not.toBe(null);
  w.scripted.script["delete-repository"] = () => ({ refuse: "repository-missing" });
  expect(await act()).toEqual({ freedBytes: 0 });
  expect((await w.row())?.deleteAfter).toBe(null);
  const left = await w.database.pool.sql`select 1 from archive_ledger where removed_at is null`;
  expect(left).toHaveLength(0);
});

it("renames without touching what the client knows, and sets quotas: soft at once, hard through the keeper", async () => {
  const w = await world();
  const { id } = await readyRepository(w.admin(), w.ids.clientId, "other");
  const rename = (name: string) => renameRepository(w.admin(), w.may, { id: w.ids.repositoryId, name });
  await expect(rename("Other")).rejects.toMatchObject({ code: "name-taken" });
  await rename("first");
  expect(await w.row()).toMatchObject({ name: "first", id: w.ids.repositoryId });
  await expect(renameRepository(w.admin(), w.may, { id: `${id}x`, name: "x" })).rejects.toMatchObject({
    code: "not-found",
  });

  const quotas = { id: w.ids.repositoryId, quotaBytes: 5e9, softQuotaBytes: 4e9 };
  const { jobId } = await requestQuotas(w.admin(), w.may, quotas);
  expect(jobId).not.toBe(null);
  expect(await w.row()).toMatchObject({ softQuotaBytes: 4e9, quotaBytes: null });
  w.scripted.script["set-quota"] = () => ({ output: {} });
  await setQuota(worker(w), w.keeper, { ...w.ids, quotaBytes: 5e9 });
  expect(await w.row()).toMatchObject({ quotaBytes: 5e9 });
  expect(await requestQuotas(w.admin(), w.may, quotas)).toEqual({ jobId: null });
});
