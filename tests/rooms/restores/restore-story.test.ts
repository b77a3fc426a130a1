import { expect, it } from "vitest";
import { archiveId } from "~/domain/id";
import type { Grant } from "~/domain/permission";
import { RESTORE_EXTRAS_ABILITY } from "~/protocol/restore-extras";
import { createCaller } from "~/server/api/root";
import { signedInAs } from "~tests/support/acting-people";
import { agentWorld } from "~tests/support/agent-world";
import { ledgerArchive } from "~tests/support/archive-world";
import { enrolledClient, TEST_MACHINE } from "~tests/support/fleet";

async function given() {
  const world = await agentWorld();
  const machine = { ...TEST_MACHINE, abilities: [RESTORE_EXTRAS_ABILITY] };
  const other = await enrolledClient(world.admin(), "web-02", machine);
  const archive = await ledgerArchive(world);
  const asked = {
    parts: [{ archiveId: archiveId.parse(archive.id), paths: [] }],
    ...({ existing: "overwrite", owners: "keep", dryRun: false } as const),
  };
  const callerOf = async (grants?: readonly Grant[]) =>
    createCaller({
      ...world.admin(),
      peer: null,
      ...(grants ? { actor: await signedInAs(world.database, { grants }) } : {}),
    });
  return { world, other, asked, callerOf };
}

it("shows the jobs of a restore onto another machine as one run, to each person those of their own machines", async () => {
  const { world, other, asked, callerOf } = await given();
  const admin = await callerOf();
  const { jobId } = await admin.restores.start({
    ...asked,
    toClientId: other.id,
    target: { kind: "restore-folder" },
  });
  const { related } = await admin.jobs.get({ id: jobId });
  expect(related).toMatchObject([{ kind: "make-parcel", clientName: "web-01" }]);
  const onlyThere = await callerOf([{ clientId: other.id, tag: null, permissions: ["restore"] }]);
  expect((await onlyThere.jobs.get({ id: jobId })).related).toEqual([]);
  expect(world.client.id).not.toBe(other.id);
});

it("lets only an admin have files written on the storage server, whatever else they may restore", async () => {
  const { world, asked, callerOf } = await given();
  const operator = await callerOf([{ clientId: world.client.id, tag: null, permissions: ["restore"] }]);
  const onServer = { ...asked, target: { kind: "server-folder" } } as const;
  await expect(operator.restores.start(onServer)).rejects.toMatchObject({ code: "FORBIDDEN" });
  await expect((await callerOf()).restores.start(onServer)).resolves.toMatchObject({
    jobId: expect.any(String),
  });
});
