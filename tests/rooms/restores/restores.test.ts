import { expect, it } from "vitest";
import { archiveId } from "~/domain/id";
import type { RestoreRequest } from "~/domain/restore-request";
import type { RestoreTarget } from "~/domain/restore-target";
import { RESTORE_EXTRAS_ABILITY } from "~/protocol/restore-extras";
import { authorize } from "~/server/access/authorize";
import { restoreOptions } from "~/server/restores/restore-options";
import { resumeRestore } from "~/server/restores/resume-restore";
import { startRestore } from "~/server/restores/start-restore";
import { agentWorld, pollOk, reportOk } from "~tests/support/agent-world";
import { ledgerArchive } from "~tests/support/archive-world";
import { later } from "~tests/support/database";
import { TEST_MACHINE, TEST_POLICY } from "~tests/support/fleet";

async function given(policy: Partial<typeof TEST_POLICY> = {}) {
  const world = await agentWorld();
  await pollOk(world, { policy: { ...TEST_POLICY, ...policy } });
  const archive = await ledgerArchive(world);
  const may = await authorize(world.admin(), "restore", world.client.id);
  const restore = (target: RestoreTarget, id = archive.id, more: Partial<RestoreRequest> = {}) =>
    startRestore(
      world.admin(),
      { from: may, to: may },
      {
        ...{ parts: [{ archiveId: archiveId.parse(id), paths: ["aG9tZS/w"] }], target },
        ...{ existing: "overwrite", owners: "keep", dryRun: false, ...more },
      },
    );
  return { world, archive, restore };
}

it("hands the machine a restore with the archive's borg id and the paths as bytes, beside a running backup", async () => {
  const { world, archive, restore } = await given();
  const backup = await world.startBackup();
  await pollOk(world);
  const { jobId } = await restore({ kind: "restore-folder" });
  const { jobs } = await pollOk(world, { holding: [{ jobId: backup, lease: 1 }], freeLanes: ["restore"] });
  expect(jobs).toMatchObject([
    {
      kind: "restore",
      jobId,
      archive: { name: archive.name, borgId: archive.borgId },
      paths: ["aG9tZS/w"],
      target: { kind: "restore-folder" },
    },
  ]);
});

it("refuses early what the machine's own policy forbids, and queues nothing", async () => {
  const { world, restore } = await given({ restorePaths: ["/srv/back"] });
  await expect(restore({ kind: "original" })).rejects.toMatchObject({ code: "target-forbidden" });
  await expect(restore({ kind: "folder", path: "/etc" })).rejects.toMatchObject({ code: "target-forbidden" });
  await expect(restore({ kind: "folder", path: "/srv/back/x" })).resolves.toMatchObject({
    jobId: expect.any(String),
  });
  const rows = await world.database.pool.sql`select id from jobs where kind = 'restore'`;
  expect(rows).toHaveLength(1);
});

it("lets an archive that was made by hand go to the restore folder only", async () => {
  const { world, restore } = await given({ restoreToOriginal: true });
  const byHand = await ledgerArchive(world, { byHand: true });
  await expect(restore({ kind: "original" }, byHand.id)).rejects.toMatchObject({ code: "target-forbidden" });
  await expect(restore({ kind: "original" })).resolves.toMatchObject({ jobId: expect.any(String) });
});

it("refuses an archive that is gone, and another client's", async () => {
  const { world, archive, restore } = await given();
  await world.database.pool.sql`update archive_ledger set removed_at = now() where id = ${archive.id}`;
  await expect(restore({ kind: "restore-folder" })).rejects.toMatchObject({ code: "archive-missing" });
});

it("tells where an archive can go, and that an offline machine restores when it is back", async () => {
  const { world, archive } = await given({ restorePaths: ["/srv/back"], restoreToOriginal: true });
  const view = await authorize(world.admin(), "view", world.client.id);
  expect(await restoreOptions(world.admin(), view, { archiveId: archive.id })).toEqual({
    clientId: world.client.id,
    clientName: "web-01",
    online: true,
    restoreFolder: TEST_POLICY.restoreFolder,
    mayRestoreToOriginal: true,
    restorePaths: ["/srv/back"],
    whyNotOriginal: null,
    why: null,
  });
  const tomorrow = world.database.ctx({ now: later({ hours: 24 }, new Date()) });
  expect(await restoreOptions(tomorrow, view, { archiveId: archive.id })).toMatchObject({
    online: false,
    why: expect.stringContaining("offline"),
  });
});

const MODERN = { ...TEST_MACHINE, abilities: [RESTORE_EXTRAS_ABILITY] };

it("hands out modes, parts and dry runs to an agent that knows them, and to no other", async () => {
  const { world, archive, restore } = await given();
  const second = await ledgerArchive(world);
  const parts = [archive, second].map(({ id }) => ({ archiveId: archiveId.parse(id), paths: ["YQ=="] }));
  const asked = { parts, existing: "only-missing", owners: "none", dryRun: true } as const;
  const target = { kind: "restore-folder" } as const;
  await expect(restore(target, archive.id, { ...asked, parts: [...parts] })).rejects.toMatchObject({
    code: "agent-too-old",
  });
  await pollOk(world, { machine: MODERN });
  await restore(target, archive.id, { ...asked, parts: [...parts] });
  const { jobs } = await pollOk(world, { machine: MODERN });
  expect(jobs).toMatchObject([
    {
      ...{ existing: "only-missing", owners: "none", dryRun: true, archive: { borgId: archive.borgId } },
      more: [{ archive: { borgId: second.borgId, name: second.name }, paths: ["YQ=="] }],
    },
  ]);
});

it("resumes what was cut off, in the place of the first job, and nothing else", async () => {
  const { world, restore } = await given();
  await pollOk(world, { machine: MODERN });
  const may = await authorize(world.admin(), "restore", world.client.id);
  const resume = (jobId: string) => resumeRestore(world.admin(), { from: may, to: may }, { jobId });
  const { jobId } = await restore({ kind: "folder", path: TEST_POLICY.restoreFolder }, undefined, {
    existing: "keep-both",
  });
  await expect(resume(jobId)).rejects.toMatchObject({ code: "invalid-input" });
  await pollOk(world, { machine: MODERN });
  const cut = { state: "cancelled", problem: { code: "cancelled", say: "Cancelled." } } as const;
  await reportOk(world, jobId, cut);
  const second = await resume(jobId);
  expect(await resume(jobId)).toEqual(second);
  const { jobs } = await pollOk(world, { machine: MODERN });
  expect(jobs).toMatchObject([{ jobId: second.jobId, resume: jobId, existing: "keep-both" }]);
  await reportOk(world, second.jobId, cut);
  const third = await resume(second.jobId);
  expect((await pollOk(world, { machine: MODERN })).jobs).toMatchObject([
    { jobId: third.jobId, resume: jobId },
  ]);
  await reportOk(world, third.jobId, { state: "succeeded" });
  await expect(resume(third.jobId)).rejects.toMatchObject({ code: "invalid-input" });
});
