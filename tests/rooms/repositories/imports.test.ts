import { eq } from "drizzle-orm";
import { expect, it } from "vitest";
import type { ImportCandidate } from "~/domain/repository-import";
import { clients } from "~/server/db/schema/clients";
import { jobs } from "~/server/db/schema/jobs";
import { repositories, repositoryImports } from "~/server/db/schema/repositories";
import { adoptRepository, inspectImport } from "~/server/maintenance/carry-out-import";
import { lookForImports, lookForLost } from "~/server/maintenance/look-for-imports";
import {
  discardImport,
  listImports,
  requestAdoption,
  requestInspection,
  type WantedImport,
} from "~/server/maintenance/request-import";
import { openRepositoryAccess } from "~/server/repositories/open-repository-access";
import { boundKeeper } from "~/worker/bound-keeper";
import { agentWorld } from "~tests/support/agent-world";
import { journalOf } from "~tests/support/journal";
import { ScriptedKeeper } from "~tests/support/scripted-keeper";

const CANDIDATE: ImportCandidate = {
  ...{ id: "c1", location: "main", name: "old-web", kind: "import", clientId: null, repositoryId: null },
  ...{ borgId: "ab".repeat(32), encryption: "keyfile", segments: 12, bytes: 4096, problem: null },
};
const FOUND = {
  ...{ borgId: "ab".repeat(32), encryption: "keyfile", bytes: 4096, segments: 12, uncommittedSegments: 0 },
  ...{ appendOnly: true, quotaBytes: null, archiveCount: 1, fingerprint: "f", seconds: 1 },
  archives: [{ name: "old-1", startedAt: "2024-05-06T07:08:09.000Z", hostname: null }],
  ...{ oldestStartedAt: "2024-05-06T07:08:09.000Z", newestStartedAt: "2024-05-06T07:08:09.000Z" },
};

async function world(candidates: ImportCandidate[] = [CANDIDATE]) {
  const lab = await agentWorld();
  const scripted = await new ScriptedKeeper().start();
  scripted.script["list-imports"] = () => ({ output: { candidates } });
  scripted.script["inspect-import"] = () => ({ output: FOUND });
  scripted.script["adopt-import"] = () => ({
    output: { borgId: FOUND.borgId, location: "main", archives: 1 },
  });
  const keeper = boundKeeper(scripted.call, {});
  const worker = () => lab.database.workerCtx();
  await lookForImports(worker(), keeper);
  const wanted: WantedImport = {
    ...{ of: { candidateId: "c1" }, clientId: lab.client.id, clientName: null, name: "old" },
    ...{ passphrase: "secret of old", key: "BORG_KEY text" },
  };
  const ask = (change: Partial<WantedImport> = {}) =>
    requestInspection(lab.admin(), { ...wanted, ...change });
  const listed = () => listImports(lab.admin());
  const row = async (id: string) =>
    (await lab.admin().db.select().from(repositories).where(eq(repositories.id, id)))[0];
  return { ...lab, scripted, keeper, worker, ask, listed, row };
}

it("reads first, shows what was found, and takes in only what a person then asks for", async () => {
  const w = await world();
  const { id } = await w.ask();
  await expect(requestAdoption(w.admin(), { id })).rejects.toMatchObject({ code: "invalid-input" });
  await inspectImport(w.worker(), w.keeper, { importId: id });
  expect(w.scripted.calls.at(-1)?.input).toMatchObject({
    ...{ candidateId: "c1", repositoryId: id, passphrase: "secret of old", key: "BORG_KEY text" },
  });
  expect((await w.listed()).imports).toMatchObject([{ id, state: "checked", found: { archiveCount: 1 } }]);
  expect(await w.row(id)).toBe(undefined);

  await requestAdoption(w.admin(), { id });
  await adoptRepository(w.worker(), w.keeper, { importId: id });
  expect(await w.row(id)).toMatchObject({
    ...{ name: "old", state: "ready", encryption: "keyfile", borgId: FOUND.borgId, location: "main" },
    clientId: w.client.id,
  });
  expect((await w.listed()).imports).toEqual([]);
  // The agent gets what opens it, and the worker looks at it.
  expect(await openRepositoryAccess(w.admin(), { repositoryId: id, clientId: w.client.id })).toMatchObject({
    ...{ passphrase: "secret of old", key: "BORG_KEY text" },
  });
  const queued = await w.admin().db.select().from(jobs).where(eq(jobs.repositoryId, id));
  expect(queued.map(({ kind }) => kind)).toEqual(["audit"]);
  // A worker that died before it could say so does it once more.
  expect(await adoptRepository(w.worker(), w.keeper, { importId: id })).toEqual({});
  const told = (await journalOf(w.database)).map(({ action }) => action);
  for (const action of ["repository.import.asked", "repository.adopt.asked", "repository.adopted"])
    expect(told).toContain(action);
});

it("keeps the keeper's refusal for the person, and forgets the passphrase of what is left alone", async () => {
  const w = await world();
  const { id } = await w.ask();
  w.scripted.script["inspect-import"] = () => ({ refuse: "passphrase-wrong", say: "It does not open." });
  await expect(inspectImport(w.worker(), w.keeper, { importId: id })).rejects.toMatchObject({
    say: "It does not open.",
  });
  expect((await w.listed()).imports).toMatchObject([{ state: "refused", problem: "It does not open." }]);
  await expect(w.ask()).rejects.toMatchObject({ code: "invalid-input" });
  await discardImport(w.admin(), { id });
  expect(await w.admin().db.select().from(repositoryImports)).toEqual([]);
  await expect(discardImport(w.admin(), { id })).rejects.toMatchObject({ code: "not-found" });
  await w.ask();
});

it("leaves an import alone that is being taken in, and goes on with one whose job was cut off", async () => {
  const w = await world();
  const { id } = await w.ask();
  await inspectImport(w.worker(), w.keeper, { importId: id });
  const { jobId } = await requestAdoption(w.admin(), { id });
  await expect(discardImport(w.admin(), { id })).rejects.toMatchObject({ code: "invalid-input" });
  await expect(requestAdoption(w.admin(), { id })).rejects.toMatchObject({ code: "invalid-input" });
  await w.database.pool.sql`update jobs set state = 'cancelled', ended_at = now() where id = ${jobId}`;
  expect((await w.listed()).imports).toMatchObject([{ state: "adopting", isBusy: false }]);
  await requestAdoption(w.admin(), { id });
});

it("refuses what the node did not offer, a name that is taken, and a client without an account there", async () => {
  const w = await world([CANDIDATE, { ...CANDIDATE, id: "c2", problem: "It is locked." }]);
  for (const [change, refused] of [
    [{ of: { candidateId: "nosuch" } }, { code: "not-found" }],
    [{ of: { repositoryId: w.repositoryId } }, { code: "not-found" }],
    [{ of: { candidateId: "c2" } }, { code: "invalid-input", say: "It is locked." }],
    [{ name: "MAIN" }, { code: "name-taken" }],
    [{ clientId: null }, { code: "invalid-input" }],
    [{ clientId: "nosuchclient" }, { code: "not-found" }],
  ] satisfies [Partial<WantedImport>, object][])
    await expect(w.ask(change)).rejects.toMatchObject(refused);
  await w.database.pool.sql`update clients set provisioned_at = null`;
  await expect(w.ask()).rejects.toMatchObject({ code: "client-not-enrolled" });
});

it("finds what the keeper has and the database lost, and takes it in with both ids", async () => {
  const w = await world([]);
  const lost = {
    clientId: "lostclient",
    repositoryId: "lostrepository",
    borgId: FOUND.borgId,
    location: "nas",
  };
  const known = { ...lost, clientId: w.client.id, repositoryId: w.repositoryId };
  w.scripted.script["list-repositories"] = () => ({ output: { repositories: [known, lost] } });
  await lookForLost(w.worker(), w.keeper);
  expect((await w.listed()).lost).toEqual([{ ...lost, clientName: null }]);
  const of = { repositoryId: lost.repositoryId };
  await expect(w.ask({ of })).rejects.toMatchObject({ code: "invalid-input" });
  const { id } = await w.ask({ of, clientName: "web-09", key: null });
  expect(id).toBe(lost.repositoryId);
  const [again] = await w.admin().db.select().from(clients).where(eq(clients.id, lost.clientId));
  expect(again?.name).toBe("web-09");
  await inspectImport(w.worker(), w.keeper, { importId: id });
  expect(w.scripted.calls.at(-1)?.input).toMatchObject({ candidateId: null, clientId: lost.clientId });
  await requestAdoption(w.admin(), { id });
  await adoptRepository(w.worker(), w.keeper, { importId: id });
  expect(w.scripted.calls.some(({ verb }) => verb === "adopt-import")).toBe(false);
  expect(await w.row(id)).toMatchObject({ clientId: lost.clientId, location: "nas", state: "ready" });
  expect((await w.listed()).lost).toEqual([]);
});
