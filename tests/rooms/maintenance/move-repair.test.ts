import { expect, it } from "vitest";
import { authorize } from "~/server/access/authorize";
import type { Ctx } from "~/server/context";
import { requestMove } from "~/server/maintenance/move-repository";
import { offerMove } from "~/server/maintenance/offer-move";
import { requestRepair, requestUndoRepair } from "~/server/maintenance/repair-repository";
import { journalOf } from "~tests/support/journal";
import { CLEAN_VAULT } from "~tests/support/scripted-keeper";
import { holdRepository, releaseHold, vaultWorld } from "~tests/support/vault-world";

async function world() {
  const w = await vaultWorld();
  const may = await authorize(w.admin(), "manage-repositories", w.client.id);
  const id = w.repositoryId;
  const place = (name: string, freeBytes: number, problem: string | null = null) => ({
    ...{ name, problem, freeBytes, totalBytes: 2 ** 42 },
  });
  await w.database.pool.sql`
    update system_node_status set status = jsonb_set(status, '{locations}', ${JSON.stringify([
      place("main", 2 ** 41),
      place("nas", 2 ** 41),
      place("small", 2 ** 29),
      place("usb", 2 ** 41, "its disk is not mounted."),
    ])}::text::jsonb)`;
  await w.database.pool.sql`update repositories set size_bytes = 10000000000`;
  const confirmed = () => {
    const ctx = w.admin();
    return { ...ctx, actor: { ...w.database.admin, confirmedAt: ctx.now } };
  };
  const journal = async () => (await journalOf(w.database)).map(({ action }) => action);
  const repository = async () =>
    (await w.database.pool.sql`select location, held_at as "heldAt" from repositories where id = ${id}`)[0];
  return { ...w, may, id, confirmed, journal, repository };
}

it("offers locations with the room that a copy and a compaction need, and a time by the rate last measured", async () => {
  const w = await world();
  const offer = await offerMove(w.admin(), w.may, { id: w.id });
  expect(offer.locations.map(({ name, refusal }) => [name, refusal])).toEqual([
    ["main", "It lies there."],
    ["nas", null],
    ["small", expect.stringMatching(/^512 MiB are free there\. The copy and the room/)],
    ["usb", "It cannot be used now: its disk is not mounted."],
  ]);
  expect(offer.estimateSeconds).toBe(null);
  await w.database.pool.sql`
    insert into jobs (id, run_id, kind, executor, lane, state, client_id, repository_id, payload, result, created_at, ended_at, lease, attempts)
    values ('check1', 'run1', 'check', 'worker', 'storage', 'succeeded', ${w.client.id}, ${w.id},
      '{}', '{"kind":"check","bytesRead":4000000000,"seconds":10}', now(), now(), 1, 1)`;
  expect((await offerMove(w.admin(), w.may, { id: w.id })).estimateSeconds).toBe(100);
  for (const location of ["main", "small", "usb", "disk-c", "../nas"])
    await expect(requestMove(w.admin(), w.may, { id: w.id, location })).rejects.toMatchObject({
      code: "invalid-input",
    });
});

it("moves by name through the keeper, and writes down where it lies when the keeper says so", async () => {
  const w = await world();
  w.keeper.script["move-repository"] = () => ({
    output: {
      location: "nas",
      from: "main",
      bytes: 9,
      segments: 3,
      oldKeptUntil: "2026-12-01T00:00:00Z",
      seconds: 2,
    },
  });
  w.keeper.script["vault-state"] = () => ({ output: { ...CLEAN_VAULT, location: "nas" } });
  const { jobId } = await requestMove(w.admin(), w.may, { id: w.id, location: "nas" });
  expect(await w.ended(jobId)).toMatchObject({ state: "succeeded" });
  const asked = w.keeper.calls.find(({ verb }) => verb === "move-repository");
  expect(asked?.input).toMatchObject({ repositoryId: w.id, location: "nas" });
  expect((await w.repository())?.location).toBe("nas");
  expect((await w.job(jobId)).told.join(" ")).toMatch(/moved from main to nas.*kept until 2026-12-01/);
  expect(await w.journal()).toEqual(expect.arrayContaining(["repository.move.asked", "repository.moved"]));
});

it("repairs for whoever has just shown the second factor and typed the name, and asks for a decision", async () => {
  const w = await world();
  const ask = (ctx: Ctx = w.confirmed(), typedName = "main") =>
    requestRepair(ctx, w.may, { id: w.id, typedName });
  await expect(ask(w.admin())).rejects.toMatchObject({ code: "confirmation-needed" });
  await expect(ask(w.confirmed(), "Main")).rejects.toMatchObject({ code: "invalid-input" });
  holdRepository(w.keeper, { evidence: [{ kind: "repair-undecided" }] });
  w.keeper.script["review-hold"] = () => ({
    output: { transactions: [], archivesThen: [], archivesNow: null, truncated: false },
  });
  w.keeper.script["repair-repository"] = () => ({
    output: {
      ...{ lostArchives: [{ borgId: "ab", name: "monday" }], archivesBefore: 3, archivesAfter: 2 },
      ...{ damagedFiles: [{ archive: "tuesday", path: "a" }], damagedFileCount: 1, said: [] },
      ...{ copyKeptUntil: "2026-12-01T00:00:00Z", seconds: 4 },
    },
  });
  const { jobId } = await ask();
  expect((await w.ended(jobId)).told.join(" ")).toMatch(/1 archive of 3 is lost: monday.*1 file has a gap/);
  expect((await w.repository())?.heldAt).not.toBe(null);
  const { items } = await w.console.vault.incidents({ open: true, limit: 10 });
  expect(items[0]?.sentence).toMatch(/^The repository was repaired, and nobody has decided.*undo the repair/);
  await expect(requestMove(w.admin(), w.may, { id: w.id, location: "nas" })).rejects.toMatchObject({
    code: "repository-quarantined",
  });

  releaseHold(w.keeper);
  w.keeper.script["undo-repair"] = () => ({ output: { undone: true } });
  const undo = await requestUndoRepair(w.confirmed(), w.may, { id: w.id, typedName: "main" });
  expect(await w.ended(undo.jobId)).toMatchObject({ state: "succeeded" });
  expect((await w.repository())?.heldAt).toBe(null);
  expect((await w.console.vault.incidents({ open: true, limit: 10 })).items).toEqual([]);
  expect(await w.journal()).toEqual(
    expect.arrayContaining([
      ...["repository.repair.asked", "repository.repaired"],
      ...["repository.repair-undo.asked", "repository.repair-undone"],
    ]),
  );
});
