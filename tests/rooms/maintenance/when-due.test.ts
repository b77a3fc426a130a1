import { expect, it } from "vitest";
import type { VaultState } from "~/keeper/contract/vault";
import { maintainWhenDue } from "~/server/maintenance/maintain-when-due";
import { copyState } from "~/server/vault/copy-state";
import { boundKeeper } from "~/worker/bound-keeper";
import { type AgentWorld, agentWorld } from "~tests/support/agent-world";
import { ledgerArchive } from "~tests/support/archive-world";
import { CLEAN_VAULT, ScriptedKeeper } from "~tests/support/scripted-keeper";

const DAY_MS = 86_400_000;

interface Due {
  world: AgentWorld;
  /** Looks for what is due at a time, by default now. */
  look(at?: Date): Promise<{ queued: number }>;
  /** What the keeper says from now on. */
  say(change: Partial<VaultState>): void;
  queued(): Promise<string[]>;
}

/** A repository with one archive that has been in the trash for so many days. */
async function trashedFor(days: number): Promise<Due> {
  const world = await agentWorld();
  const scripted = await new ScriptedKeeper().start();
  const keeper = boundKeeper(scripted.call, {});
  const ids = { clientId: world.client.id, repositoryId: world.repositoryId };
  await copyState(world.database.workerCtx(new Date()), keeper, ids);
  // Checks have a test of their own.
  await world.database.pool.sql`
    insert into settings (name, value, changed_at) values ('maintenance', '{"rollingChecks": false}', now())`;
  const { id } = await ledgerArchive(world);
  const since = new Date(Date.now() - days * DAY_MS).toISOString();
  await world.database.pool.sql`update archive_ledger set trashed_at = ${since} where id = ${id}`;
  return {
    world,
    look: (at = new Date()) => maintainWhenDue(world.database.workerCtx(at), keeper),
    say(change) {
      scripted.script["vault-state"] = () => ({ output: { ...CLEAN_VAULT, ...change } });
    },
    async queued() {
      const rows = await world.database.pool
        .sql`select kind from jobs where kind in ('compact', 'release-old-seals') order by created_at`;
      return rows.map((row) => row.kind);
    },
  };
}

it("compacts by itself when the window of something in the trash is over, once a day", async () => {
  const due = await trashedFor(8);
  expect(await due.look()).toEqual({ queued: 1 });
  expect(await due.look()).toEqual({ queued: 0 });
  await due.world.database.pool.sql`
    update jobs set state = 'succeeded', ended_at = now() where kind = 'compact'`;
  expect(await due.look(new Date(Date.now() + DAY_MS / 2))).toEqual({ queued: 0 });
  expect(await due.look(new Date(Date.now() + DAY_MS))).toEqual({ queued: 1 });
  expect(await due.queued()).toEqual(["compact", "compact"]);
});

it("tries again the same day when the keeper would not", async () => {
  const due = await trashedFor(8);
  await due.look();
  await due.world.database.pool.sql`
    update jobs set state = 'failed', ended_at = now() where kind = 'compact'`;
  expect(await due.look(new Date(Date.now() + DAY_MS / 24))).toEqual({ queued: 0 });
  expect(await due.look(new Date(Date.now() + DAY_MS / 8))).toEqual({ queued: 1 });
});

it("leaves alone what is not due, held, gone already or blocked by the keeper", async () => {
  expect(await (await trashedFor(6)).look()).toEqual({ queued: 0 });
  const held = await trashedFor(8);
  await held.world.database.pool.sql`update repositories set held_at = now()`;
  expect(await held.look()).toEqual({ queued: 0 });
  const gone = await trashedFor(8);
  await gone.world.database.pool.sql`update archive_ledger set removed_at = now()`;
  expect(await gone.look()).toEqual({ queued: 0 });
  const blocked = await trashedFor(8);
  blocked.say({ compactionBlockedBy: ["A session is not audited yet."] });
  expect(await blocked.look()).toEqual({ queued: 0 });
});

it("keeps to the rules of the repository", async () => {
  const due = await trashedFor(8);
  const rules = { ...CLEAN_VAULT.rules, trashDays: 14 };
  due.say({ rules });
  await due.world.database.pool.sql`
    update vault_states set state = jsonb_set(state, '{rules,trashDays}', '14')`;
  expect(await due.look()).toEqual({ queued: 0 });
});

it("releases old seals when the time of all of them is over", async () => {
  const due = await trashedFor(0);
  const [seal] = CLEAN_VAULT.seals;
  const old = { ...seal, transaction: 3, releasedAfter: new Date(Date.now() + DAY_MS).toISOString() };
  await due.world.database.pool.sql`
    update vault_states set state = jsonb_set(state, '{seals}', ${JSON.stringify([old, seal])}::text::jsonb)`;
  expect(await due.look()).toEqual({ queued: 0 });
  expect(await due.look(new Date(Date.now() + 2 * DAY_MS))).toEqual({ queued: 1 });
  expect(await due.queued()).toEqual(["release-old-seals"]);
});
