import { describe, expect, it } from "vitest";
import { planId } from "~/domain/id";
import { markArchives } from "~/domain/retention";
import { createCaller } from "~/server/api/root";
import { prunePlan } from "~/server/archives/prune-plan";
import { newId } from "~/server/db/new-id";
import { vaultIncidents } from "~/server/db/schema/vault";
import { listEntries } from "~/server/journal/list-entries";
import { copyLedger } from "~/server/vault/copy-ledger";
import { copyState } from "~/server/vault/copy-state";
import { plan as addPlan } from "~tests/support/fleet";
import { DAY, KEEP_NOTHING_YET, type RetainedWorld, retainedWorld } from "~tests/support/retained-world";

const prune = ({ world, port, ids, now }: RetainedWorld) =>
  prunePlan(world.database.workerCtx(now), port, { ...ids, planId: world.planId });

/** Nightly backups `d0` (today) to `d9`, of which the newest 3 are kept. */
async function tenNights(): Promise<RetainedWorld> {
  const given = await retainedWorld();
  for (let n = 9; n >= 0; n--)
    await given.backup(`d${n}`, new Date(given.now.getTime() - n * DAY - 3_600_000));
  await given.keep({ ...KEEP_NOTHING_YET, last: 3 });
  return given;
}

describe("retention of a plan", () => {
  it("is simulated in the browser on the archives that pruning would judge", async () => {
    const given = await tenNights();
    const { world } = given;
    await copyState(world.database.workerCtx(given.now), given.port, given.ids);
    await copyLedger(world.database.workerCtx(given.now), given.port, given.ids);
    const asked = { planId: planId.parse(world.planId) };
    const told = await createCaller({ ...world.admin(), peer: null }).archives.retained(asked);
    expect(told).toMatchObject({ zone: "UTC", truncated: false });
    const rules = { ...KEEP_NOTHING_YET, last: 3 };
    const going = markArchives(told.archives, rules, told).flatMap(({ id, keep }) =>
      keep ? [] : told.archives.filter((archive) => archive.id === id).map(({ name }) => name),
    );
    expect(going).toEqual((await prune(given)).trashed.sort());
  });

  it("moves what no rule keeps to the trash, and journals its decision", async () => {
    const given = await tenNights();
    const done = await prune(given);
    expect(done).toMatchObject({ considered: 10, kept: [] });
    expect(done.trashed.sort()).toEqual(["d3", "d4", "d5", "d6", "d7", "d8", "d9"]);
    expect(await given.living()).toEqual(["d0", "d1", "d2"]);
    const [entry] = (await listEntries(given.world.admin(), { limit: 1 })).items;
    expect(entry).toMatchObject({
      ...{ who: "the server", action: "archives.prune" },
      say: "Retention of plan System (keep the newest 3) moved 7 archives to the trash.",
    });
    expect(await prune(given)).toEqual({ considered: 3, trashed: [], kept: [] });
    expect(given.keeper.calls.filter((call) => call.verb === "trash-archives")).toHaveLength(1);
  });

  it("does nothing without rules, and nothing for a plan that is gone", async () => {
    const given = await tenNights();
    await given.keep(null);
    expect(await prune(given)).toEqual({ considered: 0, trashed: [], kept: [] });
    await given.keep({ ...KEEP_NOTHING_YET, last: 1 });
    await given.world.database.pool.sql`update plans set removed_at = now()`;
    expect(await prune(given)).toEqual({ considered: 0, trashed: [], kept: [] });
    expect(given.keeper.calls.some((call) => call.verb === "trash-archives")).toBe(false);
  });

  it("judges on the keeper's ledger of this moment, not on what was copied before", async () => {
    const given = await tenNights();
    await given.backup("just-now", given.now);
    expect((await prune(given)).trashed).toContain("d2");
    expect(await given.living()).toEqual(["just-now", "d0", "d1"]);
  });

  it.each([
    [
      "is held",
      (given: RetainedWorld) => {
        given.ledger.state.hold = {
          ...{ since: given.now.toISOString(), evidence: [], sessions: [], lastCleanAt: null },
          ...{ lastCleanTransaction: null, lastCleanArchives: 10 },
        };
      },
      "repository-quarantined",
    ],
    [
      "has an open incident",
      async ({ world, ids, now }: RetainedWorld) => {
        await world.database.pool.db.insert(vaultIncidents).values({
          ...{ id: newId(), ...ids, openedAt: now, evidence: [], sessions: [], lastCleanArchives: 10 },
        });
      },
      "repository-quarantined",
    ],
    [
      "has a session that was not audited",
      ({ ledger }: RetainedWorld) => {
        ledger.state.unaudited = 1;
      },
      "session-open",
    ],
  ] as const)("removes nothing while the repository %s", async (_, happens, code) => {
    const given = await tenNights();
    await happens(given);
    await expect(prune(given)).rejects.toMatchObject({ code });
    expect(given.keeper.calls.some((call) => call.verb === "trash-archives")).toBe(false);
    expect(await given.trashed()).toEqual([]);
  });

  it("removes nothing of a repository that was never sealed", async () => {
    const given = await tenNights();
    given.ledger.state.seals = [];
    expect(await prune(given)).toEqual({ considered: 10, trashed: [], kept: [] });
  });

  it("leaves other plans' archives and protected ones alone, and never goes below the floor", async () => {
    const given = await tenNights();
    const { world, ids, ledger } = given;
    const other = await addPlan(world.admin(), ids.clientId, ids.repositoryId, "Other");
    await given.backup("other", new Date(given.now.getTime() - 400 * DAY), { planId: other.id });
    ledger.change(ledger.archives.find((archive) => archive.name === "d9")?.borgId ?? "", {
      protected: true,
    });
    ledger.state.rules.floorNewest = 5;
    await given.keep({ ...KEEP_NOTHING_YET, last: 1 });
    await prune(given);
    expect(await given.living()).toEqual(["d0", "d1", "d2", "d3", "d4", "d9", "other"]);
  });

  it("takes in the keeper's no, and goes on with the rest", async () => {
    const given = await tenNights();
    const trash = given.keeper.script["trash-archives"];
    given.keeper.script["trash-archives"] = (input) => {
      const [first, ...rest] = input.borgIds as string[];
      const says = trash?.({ ...input, borgIds: rest });
      const kept = [{ borgId: first, why: "It is the first of its week." }];
      return says && says !== "nothing" && "output" in says
        ? { output: { ...Object(says.output), kept } }
        : "nothing";
    };
    expect((await prune(given)).kept).toEqual([{ name: "d9", why: "It is the first of its week." }]);
    expect(await given.living()).toEqual(["d0", "d1", "d2", "d9"]);
  });

  it("stops in the middle when the keeper stops, keeps what is done, and ends the work at the next try", async () => {
    const given = await tenNights();
    for (let n = 10; n < 510; n++) given.byHand(`old-${n}`, new Date(given.now.getTime() - n * DAY));
    let calls = 0;
    const trash = given.keeper.script["trash-archives"];
    given.keeper.script["trash-archives"] = (input) =>
      ++calls === 2 ? { refuse: "repository-held", say: "Held." } : (trash?.(input) ?? "nothing");
    await adoptAll(given);
    await expect(prune(given)).rejects.toMatchObject({ code: "repository-held" });
    expect(await given.trashed()).toHaveLength(250);
    await prune(given);
    expect(await given.living()).toEqual(["d0", "d1", "d2"]);
  });
});

/** Makes every archive of the ledger one of a backup of the plan, as far as our copy is concerned. */
async function adoptAll({ world, ids, port }: RetainedWorld): Promise<void> {
  await copyLedger(world.admin(), port, ids);
  await world.database.pool
    .sql`update archive_ledger set plan_id = ${world.planId}, job_id = coalesce(job_id, 'j-' || id)`;
}

describe("a hostile client", () => {
  it("pushes no good archive out with junk: back-dated, future-dated, look-alike, late under the name of a failed backup, twice under one name, or 2,000 tiny ones", async () => {
    const given = await tenNights();
    const { now } = given;
    const at = (days: number) => new Date(now.getTime() + days * DAY);
    given.byHand("System-2020-01-01", at(-2000));
    given.byHand("System-2099-01-01", at(0));
    for (let n = 0; n < 2000; n++) given.byHand(`System-x${n}`, at(-n / 500));
    // Names of twenty backups that failed long ago, made by the client all in one night.
    for (let n = 0; n < 20; n++) await given.backup(`failed-${n}`, at(-30 - n), { seenAt: now });
    await prune(given);
    // The archive of d1 has gone to the trash and another one comes under its name.
    await given.keep({ ...KEEP_NOTHING_YET, last: 3 });
    const again = given.ledger.archives.find((archive) => archive.name === "d5");
    given.ledger.enter({ name: "d5", borgId: "f".repeat(64), observedAt: now.toISOString() });
    expect(again?.trashedAt).not.toBeNull();
    await prune(given);
    const living = await given.living();
    expect(living.filter((name) => /^d\d$/.test(name)).sort()).toEqual(["d0", "d1", "d2", "d5"]);
    expect(await given.trashed()).toEqual(["d3", "d4", "d5", "d6", "d7", "d8", "d9"]);
    expect(living).toHaveLength(2 + 2000 + 20 + 4);
  });

  it("gains nothing from sessions that no seal covers", async () => {
    const given = await tenNights();
    const { sql } = given.world.database.pool;
    await sql`insert into gate_sessions (id, storage_node_id, sequence, client_id, started_at, transaction_after)
      values ('7@main', 'main', 7, ${given.ids.clientId}, now(), 5000)`;
    for (let n = 0; n < 3; n++) await given.backup(`unsealed-${n}`, given.now, { session: 7 });
    await prune(given);
    expect((await given.living()).filter((name) => name.startsWith("d"))).toEqual(["d0", "d1", "d2"]);
  });
});

describe("the preview", () => {
  it("judges as pruning does, with reasons, and changes nothing", async () => {
    const given = await tenNights();
    const { world } = given;
    await given.keep(null);
    await copyLedger(world.admin(), given.port, given.ids);
    await copyState(world.admin(), given.port, given.ids);
    const caller = createCaller({ ...world.database.ctx({ now: given.now }), peer: null });
    const keep = { ...KEEP_NOTHING_YET, last: 2, weekly: 2 };
    const { marks } = await caller.plans.previewKeep({ planId: world.planId, keep });
    expect(marks).toHaveLength(10);
    expect(marks[0]).toMatchObject({
      name: "d0",
      keep: true,
      reasons: [
        "one of the newest 2 (1)",
        "never removed: one of the newest 1",
        "newest of its week (1 of 2)",
      ],
    });
    const going = marks.filter((mark) => !mark.keep);
    expect(going.every((mark) => mark.reasons.join() === "no rule keeps it")).toBe(true);
    expect(await given.trashed()).toEqual([]);
    const all = await caller.plans.previewKeep({ planId: world.planId, keep: null });
    expect(all.marks.every((mark) => mark.keep)).toBe(true);

    await given.keep(keep);
    const done = await prune(given);
    expect(done.trashed.sort()).toEqual(going.map((mark) => mark.name).sort());
  });

  it("refuses rules that keep nothing", async () => {
    const given = await retainedWorld();
    const caller = createCaller({ ...given.world.admin(), peer: null });
    const asked = caller.plans.previewKeep({ planId: given.world.planId, keep: KEEP_NOTHING_YET });
    await expect(asked).rejects.toThrow(/Say how much to keep/);
  });
});

it("judges 10,000 archives of a plan in one pass, not in a loop within a loop", async () => {
  const given = await retainedWorld();
  const { sql } = given.world.database.pool;
  await sql`insert into archive_ledger (id, repository_id, borg_id, name, plan_id, job_id, observed_at, claimed_start_at)
    select 'a' || n, ${given.ids.repositoryId}, md5(n::text), 'archive ' || n, ${given.world.planId}, 'j' || n, now() - n * interval '1 hour', now()
    from generate_series(1, 10000) n`;
  await sql`analyze`;
  const caller = createCaller({ ...given.world.admin(), peer: null });
  const begun = performance.now();
  const { marks } = await caller.plans.previewKeep({
    planId: given.world.planId,
    keep: { ...KEEP_NOTHING_YET, last: 5 },
  });
  expect(marks).toHaveLength(10_000);
  // A tenth of a second on a quiet machine; the loop took half a minute.
  expect(performance.now() - begun).toBeLessThan(5000);
});
