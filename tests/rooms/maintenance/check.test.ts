import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import type { KeeperOutput } from "~/keeper/contract";
import { authorize } from "~/server/access/authorize";
import { jobs } from "~/server/db/schema/jobs";
import { repositories } from "~/server/db/schema/repositories";
import { checkRepository } from "~/server/maintenance/check-repository";
import { maintainWhenDue } from "~/server/maintenance/maintain-when-due";
import { requestCheck } from "~/server/maintenance/request-check";
import { saveSetting } from "~/server/settings/save-setting";
import { copyState } from "~/server/vault/copy-state";
import { boundKeeper } from "~/worker/bound-keeper";
import { handlers } from "~/worker/handlers";
import { agentWorld } from "~tests/support/agent-world";
import { ScriptedKeeper } from "~tests/support/scripted-keeper";

const HOUR_MS = 3_600_000;
/** A Monday, 03:00 in Berlin. */
const NIGHT = new Date("2027-01-04T02:00:00Z");
const NIGHTLY = {
  ...{ windows: [{ weekdays: [1, 2, 3, 4, 5, 6, 7], from: "02:00", to: "05:00" }], zone: "Europe/Berlin" },
  ...{ rollingChecks: true, checkEveryDays: 20, budgetMinutes: 90, compactEveryDays: 1 },
};
const WHOLE: KeeperOutput<"check-repository"> = {
  ...{ ok: true, findings: [], findingCount: 0, segmentsRead: 3, bytesRead: 500, complete: true },
  ...{ seconds: 0.1, totalBytes: 1000, coveredBytes: 500, overdueBytes: 200, oldestReadAt: null },
};

async function world() {
  const { database, admin, client, repositoryId } = await agentWorld();
  const scripted = await new ScriptedKeeper().start();
  scripted.script["check-repository"] = () => ({ output: WHOLE });
  const keeper = boundKeeper(scripted.call, {});
  const ids = { clientId: client.id, repositoryId };
  const at = (now: Date) => database.workerCtx(now);
  await copyState(at(NIGHT), keeper, ids);
  const checks = () => admin().db.select().from(jobs).where(eq(jobs.kind, "check")).orderBy(jobs.createdAt);
  return { database, admin, scripted, keeper, ids, at, checks };
}
type World = Awaited<ReturnType<typeof world>>;

const rowOf = async ({ admin, ids }: World) =>
  (await admin().db.select().from(repositories).where(eq(repositories.id, ids.repositoryId)))[0];
const run = (w: World, more: { requestedBy?: string | null; now?: Date } = {}) =>
  checkRepository(w.at(more.now ?? NIGHT), w.keeper, {
    ...{ ...w.ids, kind: "rolling", budgetSeconds: 5400, everyDays: 20 },
    requestedBy: more.requestedBy ?? null,
  });

describe("checks by themselves", () => {
  it("are queued once a day for each sealed repository, in the window, with no more time than it has left", async () => {
    const w = await world();
    await saveSetting(w.admin(), { name: "maintenance", value: NIGHTLY });
    const late = new Date(NIGHT.getTime() + 1.5 * HOUR_MS);
    expect(await maintainWhenDue(w.at(new Date(NIGHT.getTime() - 2 * HOUR_MS)), w.keeper)).toEqual({
      queued: 0,
    });
    expect(await maintainWhenDue(w.at(late), w.keeper)).toEqual({ queued: 1 });
    expect(await maintainWhenDue(w.at(late), w.keeper)).toEqual({ queued: 0 });
    const [job] = await w.checks();
    expect(job?.payload).toEqual({ kind: "rolling", budgetSeconds: 1800, everyDays: 20 });
    await w.database.pool
      .sql`update jobs set state = 'succeeded', ended_at = ${late.toISOString()} where kind = 'check'`;
    expect(await maintainWhenDue(w.at(late), w.keeper)).toEqual({ queued: 0 });
    const next = new Date(NIGHT.getTime() + 24 * HOUR_MS);
    expect(await maintainWhenDue(w.at(next), w.keeper)).toEqual({ queued: 1 });
  });

  it("leave alone what is held, removed, not sealed or switched off", async () => {
    const w = await world();
    const { sql } = w.database.pool;
    await sql`update repositories set held_at = now()`;
    expect(await maintainWhenDue(w.at(NIGHT), w.keeper)).toEqual({ queued: 0 });
    await sql`update repositories set held_at = null, removed_at = now()`;
    expect(await maintainWhenDue(w.at(NIGHT), w.keeper)).toEqual({ queued: 0 });
    await sql`update repositories set removed_at = null`;
    await sql`update vault_states set state = jsonb_set(state, '{seals}', '[]')`;
    expect(await maintainWhenDue(w.at(NIGHT), w.keeper)).toEqual({ queued: 0 });
    await sql`update vault_states set state = jsonb_set(state, '{seals}', '[{}]')`;
    await saveSetting(w.admin(), {
      name: "maintenance",
      value: { ...NIGHTLY, windows: [], rollingChecks: false },
    });
    expect(await maintainWhenDue(w.at(NIGHT), w.keeper)).toEqual({ queued: 0 });
    await saveSetting(w.admin(), { name: "maintenance", value: { ...NIGHTLY, windows: [] } });
    expect(await maintainWhenDue(w.at(NIGHT), w.keeper)).toEqual({ queued: 1 });
  });

  it("read nothing when the window closed while they waited; what a person asked for has no window", async () => {
    const w = await world();
    await saveSetting(w.admin(), { name: "maintenance", value: NIGHTLY });
    const morning = new Date(NIGHT.getTime() + 4 * HOUR_MS);
    expect((await run(w, { now: morning })).result).toMatchObject({ skipped: true });
    expect(w.scripted.calls.filter(({ verb }) => verb === "check-repository")).toEqual([]);
    await run(w, { now: morning, requestedBy: "somebody" });
    expect(w.scripted.calls.at(-1)?.input).toMatchObject({
      kind: "rolling",
      budgetSeconds: 5400,
      everyDays: 20,
    });
  });
});

describe("what a check found", () => {
  it("stands in the repository's row, with the coverage", async () => {
    const w = await world();
    const { result, problem } = await run(w);
    expect(problem).toBe(null);
    expect(result).toMatchObject({ checkKind: "rolling", ok: true, bytesRead: 500 });
    expect((await rowOf(w))?.coverage).toEqual({
      ...{ totalBytes: 1000, coveredBytes: 500, overdueBytes: 200, oldestReadAt: null },
      measuredAt: NIGHT.toISOString(),
      lastCheck: { kind: "rolling", at: NIGHT.toISOString(), ok: true, say: "Nothing is damaged." },
    });
  });

  it("ends the job with a warning that names the damage, and is journaled", async () => {
    const w = await world();
    const say = "Segment 6 is damaged at byte 49: an entry differs from its checksum.";
    w.scripted.script["check-repository"] = () => ({
      output: {
        ...WHOLE,
        ok: false,
        findingCount: 3,
        findings: [
          { segment: 6, say },
          { segment: 7, say: "7" },
        ],
      },
    });
    const { jobId } = await requestCheck(
      w.admin(),
      await authorize(w.admin(), "maintenance", w.ids.clientId),
      { repositoryId: w.ids.repositoryId, kind: "quick" },
    );
    const [job] = await w.checks();
    expect(job?.id).toBe(jobId);
    if (!job) return;
    const done = await handlers.check.run(w.at(NIGHT), w.keeper, { ...job, kind: "check" });
    expect(done.warning).toEqual({ code: "damage-found", say: `${say} 2 more findings.` });
    expect(done.result).toMatchObject({ kind: "check", findings: [say, "7"] });
    expect((await rowOf(w))?.coverage?.lastCheck).toMatchObject({
      ok: false,
      say: `${say} 2 more findings.`,
    });
    const journaled = await w.database.pool.sql`
      select action from journal_entries where action like 'repository.check%' order by id`;
    expect(journaled.map((row) => row.action)).toEqual(["repository.check.asked", "repository.check-failed"]);
  });

  it("says nothing of the repository when it could not look", async () => {
    const w = await world();
    w.scripted.script["check-repository"] = () => ({ refuse: "not-allowed", say: "Not sealed yet." });
    await expect(run(w)).rejects.toMatchObject({ code: "not-allowed", say: "Not sealed yet." });
    expect((await rowOf(w))?.coverage).toBe(null);
  });
});

it("asks once for each kind, and not for a held repository", async () => {
  const w = await world();
  const may = await authorize(w.admin(), "maintenance", w.ids.clientId);
  const ask = (kind: "quick" | "full") =>
    requestCheck(w.admin(), may, { repositoryId: w.ids.repositoryId, kind });
  const first = await ask("full");
  expect(await ask("full")).toEqual(first);
  expect(await ask("quick")).not.toEqual(first);
  await w.database.pool.sql`update repositories set held_at = now()`;
  await expect(ask("full")).rejects.toMatchObject({ code: "repository-quarantined" });
});
