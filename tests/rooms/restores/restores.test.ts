import { expect, it } from "vitest";
import { archiveId } from "~/domain/id";
import type { RestoreRequest } from "~/domain/restore-request";
import type { RestoreTarget } from "~/domain/restore-target";
import { authorize } from "~/server/access/authorize";
import { restoreOptions } from "~/server/restores/restore-options";
import { startRestore } from "~/server/restores/start-restore";
import { agentWorld, pollOk } from "~tests/support/agent-world";
import { ledgerArchive } from "~tests/support/archive-world";
import { later } from "~tests/support/database";
import { TEST_POLICY } from "~tests/support/fleet";

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
