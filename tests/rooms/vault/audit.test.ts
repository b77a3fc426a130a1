import { expect, it } from "vitest";
import type { LedgerArchive } from "~/keeper/contract/archives";
import { goodEnd, pollOk, reportOk } from "~tests/support/agent-world";
import { CLEAN_VAULT } from "~tests/support/scripted-keeper";
import { type VaultWorld, vaultWorld } from "~tests/support/vault-world";

const borgId = (n: number) => n.toString(16).padStart(64, "0");

function entry(n: number, change: Partial<LedgerArchive> = {}): LedgerArchive {
  return {
    ...{ borgId: borgId(n), name: `archive-${n}`, observedAt: "2026-11-23T02:10:00.000Z", session: 3 },
    ...{ claimedStartAt: "2020-01-01T00:00:00Z", protected: false, trashedAt: null, removedAt: null },
    ...{ revision: n, ...change },
  };
}

/** The keeper's ledger, as it answers by revision. */
function keepLedger(world: VaultWorld, archives: LedgerArchive[]): void {
  world.keeper.script["list-ledger"] = (input) => ({
    output: {
      archives: archives
        .filter((one) => one.revision > Number(input.afterRevision))
        .sort((a, b) => a.revision - b.revision)
        .slice(0, Number(input.limit)),
    },
  });
}

function describeAll(world: VaultWorld): void {
  world.keeper.script["describe-archive"] = (input) => ({
    output: {
      borgId: borgId(1),
      ...{ startedAt: "2020-01-01T00:00:00Z", endedAt: "2020-01-01T00:01:00Z", durationSeconds: 60 },
      ...{ originalBytes: 3_000_000_000_000, compressedBytes: 2, deduplicatedBytes: 1, files: 5 },
      ...{ hostname: `host of ${input.archiveName}`, username: "root" },
    },
  });
}

/** The raw driver gives instants as text. */
const instant = (text: unknown) => (typeof text === "string" ? new Date(text) : null);

async function ledger(world: VaultWorld) {
  const rows = await world.database.pool.sql`
    select name, plan_id, job_id, original_bytes::text as bytes, observed_at, session_sequence::int as session,
      is_protected, trashed_at, removed_at
    from archive_ledger order by name`;
  return rows.map((row) => ({
    ...row,
    observed_at: instant(row.observed_at),
    trashed_at: instant(row.trashed_at),
    removed_at: instant(row.removed_at),
  }));
}

it("enters new archives into the ledger after a backup, with the keeper's time and the plan and job that made them", async () => {
  const world = await vaultWorld();
  const jobId = await world.startBackup();
  const [order] = (await pollOk(world)).jobs;
  const name = order?.kind === "backup" ? order.archiveName : "";
  keepLedger(world, [entry(1, { name }), entry(2, { name: "by-hand", session: null })]);
  describeAll(world);
  await reportOk(world, jobId, goodEnd(name));
  const follow = await world.ended((await world.job(jobId)).related[0]?.id ?? "");
  expect(follow).toMatchObject({ kind: "audit", state: "succeeded", problem: null });
  expect(await world.resultOf(follow.id)).toMatchObject({ clean: true, sealed: true, repositoryBytes: 4096 });
  const observed = new Date("2026-11-23T02:10:00.000Z");
  const rest = { bytes: "3000000000000", observed_at: observed, is_protected: false };
  const living = { trashed_at: null, removed_at: null };
  expect(await ledger(world)).toEqual([
    { name, plan_id: world.planId, job_id: jobId, session: 3, ...rest, ...living },
    { name: "by-hand", plan_id: null, job_id: null, session: null, ...rest, ...living },
  ]);
  const state = await world.console.vault.get({ repositoryId: world.repositoryId });
  expect(state).toMatchObject({ state: CLEAN_VAULT, incident: null, escrowedAt: expect.any(Date) });
  const [size] = await world.database.pool
    .sql`select size_bytes::int as bytes from repositories where id = ${world.repositoryId}`;
  expect(size?.bytes).toBe(4096);
});

it("copies only what changed since, and asks for the numbers of an archive once", async () => {
  const world = await vaultWorld();
  describeAll(world);
  keepLedger(world, [entry(1), entry(2)]);
  await world.audit();
  const described = () => world.keeper.calls.filter((call) => call.verb === "describe-archive").length;
  expect(described()).toBe(2);
  const trashedAt = "2026-11-24T00:00:00.000Z";
  keepLedger(world, [entry(2), entry(1, { revision: 3, trashedAt, protected: true })]);
  await world.audit();
  const asked = world.keeper.calls.filter((call) => call.verb === "list-ledger").at(-1);
  expect(asked?.input).toMatchObject({ afterRevision: 2 });
  expect(described()).toBe(2);
  expect(await ledger(world)).toMatchObject([
    { name: "archive-1", trashed_at: new Date(trashedAt), is_protected: true },
    { name: "archive-2", trashed_at: null, is_protected: false },
  ]);
});

it("audits after a backup that failed or was cancelled too: it may have committed", async () => {
  const world = await vaultWorld();
  const jobId = await world.startBackup();
  await pollOk(world);
  await reportOk(world, jobId, { state: "failed", problem: { code: "borg-failed", say: "no" } });
  const [follow] = (await world.job(jobId)).related;
  expect(follow).toMatchObject({ kind: "audit" });
  expect(await world.ended(follow?.id ?? "")).toMatchObject({ state: "succeeded" });
});

it("is not kept busy by an archive that borg cannot describe", async () => {
  const world = await vaultWorld();
  keepLedger(world, [entry(1)]);
  world.keeper.script["describe-archive"] = () => ({ refuse: "archive-missing" });
  expect(await world.audit()).toMatchObject({ state: "succeeded" });
  expect(await world.audit()).toMatchObject({ state: "succeeded" });
  expect(world.keeper.calls.filter((call) => call.verb === "describe-archive")).toHaveLength(1);
  expect(await ledger(world)).toMatchObject([{ name: "archive-1", bytes: null }]);
});

it("describes many archives bit by bit, so that others get their turn", async () => {
  const world = await vaultWorld();
  describeAll(world);
  keepLedger(
    world,
    Array.from({ length: 60 }, (_, i) => entry(i + 1)),
  );
  await world.audit();
  const left = async () => {
    const [row] = await world.database.pool
      .sql`select count(*)::int as count from archive_ledger where described_at is null`;
    return row?.count;
  };
  expect(await left()).toBeGreaterThan(0);
  await expect.poll(left, { timeout: 15_000 }).toBe(0);
  expect(world.keeper.calls.filter((call) => call.verb === "describe-archive")).toHaveLength(60);
});

it("copies ten thousand archives in a few statements", async () => {
  const world = await vaultWorld();
  keepLedger(
    world,
    Array.from({ length: 10_000 }, (_, i) => entry(i + 1)),
  );
  world.keeper.script["describe-archive"] = () => ({ refuse: "archive-missing" });
  // The catalog comes after the audit; ten thousand archives of it are not what this is about.
  world.keeper.script["read-archive"] = () => ({ refuse: "repository-locked" });
  const began = performance.now();
  await world.audit();
  expect(performance.now() - began).toBeLessThan(15_000);
  const [row] = await world.database.pool.sql`select count(*)::int as count from archive_ledger`;
  expect(row?.count).toBe(10_000);
}, 60_000);

it("keeps the earlier time of an archive that was here before the keeper's ledger was", async () => {
  const world = await vaultWorld();
  describeAll(world);
  const before = new Date("2026-01-01T00:00:00.000Z");
  await world.database.pool.sql`
    insert into archive_ledger (id, repository_id, borg_id, name, observed_at, claimed_start_at)
    values ('a1', ${world.repositoryId}, ${borgId(1)}, 'archive-1', ${before.toISOString()}, ${before.toISOString()})`;
  keepLedger(world, [entry(1, { session: null })]);
  await world.audit();
  expect(await ledger(world)).toMatchObject([{ observed_at: before, session: null }]);
});

it("takes an audit that could not be made for a failure, and waits while a session is open", async () => {
  const world = await vaultWorld();
  world.keeper.script["audit-repository"] = () => ({ refuse: "passphrase-wrong", say: "It does not open." });
  expect(await world.audit()).toMatchObject({ state: "failed", problem: { code: "passphrase-wrong" } });
  let asked = 0;
  world.keeper.script["audit-repository"] = () => {
    asked++;
    return { refuse: "session-open" };
  };
  const { jobId } = await world.console.vault.audit({ repositoryId: world.repositoryId });
  await expect.poll(async () => (await world.job(jobId)).problem?.code).toBe("session-open");
  expect(await world.job(jobId)).toMatchObject({ state: "queued" });
  // Asked for once more, it is not put off any longer.
  delete world.keeper.script["audit-repository"];
  expect(await world.console.vault.audit({ repositoryId: world.repositoryId })).toEqual({ jobId });
  expect(await world.ended(jobId)).toMatchObject({ state: "succeeded" });
  expect(asked).toBeGreaterThan(0);
});
