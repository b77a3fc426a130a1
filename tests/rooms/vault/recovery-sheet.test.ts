import { expect, it } from "vitest";
import { authorize } from "~/server/access/authorize";
import { openPassphrase } from "~/server/repositories/passphrase";
import { escrowKey } from "~/server/vault/escrow-key";
import { revealRecoverySheet } from "~/server/vault/reveal-recovery-sheet";
import { boundKeeper } from "~/worker/bound-keeper";
import { agentWorld } from "~tests/support/agent-world";
import { ScriptedKeeper } from "~tests/support/scripted-keeper";

it("puts key and passphrase on one sheet, and writes that into the journal without them", async () => {
  const world = await agentWorld();
  const ids = { clientId: world.client.id, repositoryId: world.repositoryId };
  const may = await authorize(world.admin(), "reveal-secrets", ids.clientId);
  const now = new Date();
  const confirmed = world.database.ctx({ actor: { ...world.database.admin, confirmedAt: now }, now });
  const show = () => revealRecoverySheet(confirmed, may, ids);
  const passphrase = await openPassphrase(confirmed, ids.repositoryId);
  expect(await show()).toMatchObject({ passphrase, paperKey: null, encryption: "repokey-blake2" });
  const scripted = await new ScriptedKeeper().start();
  await escrowKey(world.database.workerCtx(new Date()), boundKeeper(scripted.call, {}), ids);
  expect(await show()).toMatchObject({ clientName: "web-01", paperKey: "BORG_KEY scripted" });
  const entries = await world.database.pool.sql`
    select * from journal_entries where action = 'repository.recovery-sheet'`;
  expect(entries).toHaveLength(2);
  expect(JSON.stringify(entries)).not.toContain(passphrase);
  expect(JSON.stringify(entries)).not.toContain("BORG_KEY");
});

it("asks no keeper for the key of a repository that has none", async () => {
  const world = await agentWorld();
  const ids = { clientId: world.client.id, repositoryId: world.repositoryId };
  await world.database.pool.sql`update repositories set encryption = 'none'`;
  const scripted = await new ScriptedKeeper().start();
  const keeper = boundKeeper(scripted.call, {});
  expect(await escrowKey(world.database.workerCtx(new Date()), keeper, ids)).toEqual({ same: true });
  expect(scripted.calls).toEqual([]);
});

it("is not shown in a browser that was left open", async () => {
  const world = await agentWorld();
  const may = await authorize(world.admin(), "reveal-secrets", world.client.id);
  const hourLater = world.database.ctx({ now: new Date(Date.now() + 3_600_000) });
  await expect(
    revealRecoverySheet(hourLater, may, { repositoryId: world.repositoryId }),
  ).rejects.toMatchObject({ code: "confirmation-needed" });
});
