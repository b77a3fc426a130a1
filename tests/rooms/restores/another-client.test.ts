import { eq } from "drizzle-orm";
import { expect, it } from "vitest";
import { archiveId } from "~/domain/id";
import type { RestoreRequest } from "~/domain/restore-request";
import { RESTORE_EXTRAS_ABILITY } from "~/protocol/restore-extras";
import { authorize } from "~/server/access/authorize";
import { jobs } from "~/server/db/schema/jobs";
import { journalEntries } from "~/server/db/schema/journal";
import { parcels } from "~/server/db/schema/restores";
import { endJob } from "~/server/jobs/end-job";
import { retryJob } from "~/server/jobs/retry-job";
import type { Keeper } from "~/server/keeper-port";
import { makeParcel, removeParcel } from "~/server/restores/carry-parcel";
import { resumeRestore } from "~/server/restores/resume-restore";
import { startRestore } from "~/server/restores/start-restore";
import { agentWorld, pollOk, reportOk } from "~tests/support/agent-world";
import { ledgerArchive } from "~tests/support/archive-world";
import { enrolledClient, TEST_MACHINE } from "~tests/support/fleet";
import { ScriptedKeeper } from "~tests/support/scripted-keeper";

const machine = { ...TEST_MACHINE, abilities: [RESTORE_EXTRAS_ABILITY] };

async function given() {
  const world = await agentWorld();
  const { db } = world.database.pool;
  const other = await enrolledClient(world.admin(), "web-02", machine);
  const archive = await ledgerArchive(world);
  const parties = {
    from: await authorize(world.admin(), "restore", world.client.id),
    to: await authorize(world.admin(), "restore", other.id),
  };
  const restore = (more: Partial<RestoreRequest> = {}) =>
    startRestore(world.admin(), parties, {
      ...{ parts: [{ archiveId: archiveId.parse(archive.id), paths: ["aG9tZS/w"] }] },
      ...{
        target: { kind: "restore-folder" },
        existing: "keep-both",
        owners: "keep",
        dryRun: false,
        ...more,
      },
    });
  const row = async (kind: "make-parcel" | "remove-parcel" | "restore") => {
    const [found] = await db.select().from(jobs).where(eq(jobs.kind, kind)).orderBy(jobs.createdAt);
    return found;
  };
  const scripted = await new ScriptedKeeper().start();
  scripted.script = {
    "make-parcel": () => ({
      output: { archives: [{ name: "part-1", borgId: "ab".repeat(32), files: 7, bytes: 70 }] },
    }),
    "remove-parcel": () => ({ output: { wasThere: true } }),
  };
  const keeper: Keeper = { call: (verb, input) => scripted.call(verb, input) };
  const carry = async () => {
    const job = await row("make-parcel");
    if (!job?.repositoryId) throw new Error("no parcel is asked for");
    const payload = job.payload as { parcelId: string; restoreJobId: string };
    const done = await makeParcel(world.admin(), keeper, {
      ...payload,
      clientId: job.clientId,
      repositoryId: job.repositoryId,
    });
    await endJob(world.admin(), job, { state: "succeeded" });
    return done;
  };
  const poll = () => pollOk(world, { machine }, { key: other.apiKey });
  return { world, db, other, archive, parties, restore, row, scripted, keeper, carry, poll };
}

it("gives the other machine a parcel of what was selected, with a key of its own, and removes it after", async () => {
  const { world, db, other, archive, restore, row, scripted, keeper, carry, poll } = await given();
  const { jobId } = await restore();
  expect((await poll()).jobs).toEqual([]);
  expect(await row("restore")).toMatchObject({
    problem: { code: "repository-not-ready" },
    clientId: other.id,
  });
  expect(await carry()).toEqual({ files: 7, bytes: 70 });
  const [asked] = scripted.calls;
  expect(asked?.input).toMatchObject({
    ...{ clientId: world.client.id, repositoryId: world.repositoryId, toClientId: other.id },
    parts: [{ borgId: archive.borgId, archiveName: archive.name, paths: ["aG9tZS/w"] }],
  });
  const { jobs: handed } = await poll();
  const order = handed[0]?.kind === "restore" ? handed[0] : null;
  expect(order).toMatchObject({
    ...{ jobId, paths: [], existing: "keep-both", totals: { files: 7, bytes: 70 } },
    archive: { name: "part-1", borgId: "ab".repeat(32) },
    repository: { repositoryId: asked?.input.parcelId, ssh: { user: `bbs-${other.id}` } },
  });
  expect(order?.repository.passphrase).toBe(asked?.input.parcelPassphrase);
  expect(order?.repository.passphrase).not.toBe(asked?.input.passphrase);
  const [made] = await db.select().from(jobs).where(eq(jobs.id, jobId));
  if (!made) throw new Error("no restore");
  await endJob(world.admin(), made, { state: "succeeded" });
  const removal = await row("remove-parcel");
  expect(removal).toMatchObject({
    state: "queued",
    runId: made.runId,
    payload: { parcelId: asked?.input.parcelId },
  });
  await removeParcel(world.admin(), keeper, { parcelId: String(asked?.input.parcelId) });
  expect(await db.select().from(parcels)).toEqual([]);
});

it("journals it for both clients", async () => {
  const { world, db, other, restore } = await given();
  await restore();
  const entries = await db.select().from(journalEntries).where(eq(journalEntries.action, "restore.started"));
  expect(entries.map(({ clientId }) => clientId).sort()).toEqual([world.client.id, other.id].sort());
});

it("refuses original places of another machine, old agents and two storage nodes", async () => {
  const { world, db, other, restore } = await given();
  await pollOk(
    world,
    { machine, policy: { readPaths: [], restoreFolder: "/r", restorePaths: [], restoreToOriginal: true } },
    { key: other.apiKey },
  );
  await expect(restore({ target: { kind: "original" } })).rejects.toMatchObject({ code: "target-forbidden" });
  await pollOk(world, {}, { key: other.apiKey });
  await expect(restore()).rejects.toMatchObject({ code: "agent-too-old" });
  expect(await db.select().from(parcels)).toEqual([]);
});

it("fails the restore when its parcel cannot be made, and makes none for one that was cancelled", async () => {
  const { world, restore, row, scripted, carry } = await given();
  await restore();
  const making = await row("make-parcel");
  if (!making) throw new Error("no parcel");
  await endJob(world.admin(), making, {
    state: "failed",
    problem: { code: "disk-full", say: "The disk is full." },
  });
  expect(await row("restore")).toMatchObject({
    state: "failed",
    problem: { code: "parcel-failed", say: expect.stringContaining("The disk is full.") },
  });
  expect(await row("remove-parcel")).toMatchObject({ state: "queued" });
  await carry();
  expect(scripted.calls.map(({ verb }) => verb)).toEqual(["remove-parcel"]);
});

it("packs anew for a restore that is resumed, and retries none from a parcel that is gone", async () => {
  const { world, db, other, parties, restore, carry, poll } = await given();
  const { jobId } = await restore();
  await carry();
  await poll();
  await reportOk({ ...world, client: other }, jobId, {
    state: "cancelled",
    problem: { code: "cancelled", say: "Cancelled." },
  });
  await expect(retryJob(world.admin(), parties.to, { jobId })).rejects.toMatchObject({
    code: "invalid-input",
  });
  const again = await resumeRestore(world.admin(), parties, { jobId });
  const [resumed] = await db.select().from(jobs).where(eq(jobs.id, again.jobId));
  expect(resumed?.payload).toMatchObject({ resumes: jobId, parcel: { fromClientId: world.client.id } });
  expect(resumed?.payload).not.toHaveProperty("parcel.archives");
  expect(await resumeRestore(world.admin(), parties, { jobId })).toEqual(again);
});
