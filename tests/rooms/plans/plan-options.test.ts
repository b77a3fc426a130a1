import { describe, expect, it } from "vitest";
import { NO_OPTIONS } from "~/domain/no-options";
import type { DatabaseSource } from "~/domain/plan-options";
import { authorize } from "~/server/access/authorize";
import { createCaller } from "~/server/api/root";
import { startBackup } from "~/server/backups/start-backup";
import { plans } from "~/server/db/schema/plans";
import { listEntries } from "~/server/journal/list-entries";
import { getPlan } from "~/server/plans/get-plan";
import { later, testDatabase } from "~tests/support/database";
import { enrolledClient, plan, readyRepository, reportNode } from "~tests/support/fleet";

const BOX = Buffer.from("a sealed box of a password").toString("base64");
const crm: DatabaseSource = {
  ...{
    engine: "postgresql",
    name: "crm",
    databases: [],
    host: "db.example.test",
    port: 5432,
    user: "backup",
  },
  credentials: { kind: "sealed", box: BOX },
};
const shown: DatabaseSource = { ...crm, credentials: { kind: "sealed", box: "" } };

async function ready() {
  const database = await testDatabase();
  const ctx = database.ctx();
  await reportNode(ctx);
  const client = await enrolledClient(ctx, "web-01");
  const repositoryId = (await readyRepository(ctx, client.id)).id;
  const { id } = await plan(ctx, client.id, repositoryId);
  const caller = (now = ctx.now) => createCaller({ ...database.ctx({ now }), peer: null });
  const fields = {
    ...{ id, repositoryId, name: "System", sources: ["/etc"], excludes: [], compression: "lz4" },
    ...{ oneFileSystem: false, excludeCaches: true, keep: null },
  };
  return { database, ctx, client, repositoryId, id, caller, fields };
}

describe("the options of a plan", () => {
  it("keep a sealed password in the plan's row, and show it to nobody, not even in the journal", async () => {
    const { database, ctx, caller, fields } = await ready();
    await caller().plans.update({ ...fields, options: { ...NO_OPTIONS, databases: [crm] } });
    const [row] = await database.pool.db.select().from(plans);
    expect(row?.options.databases).toEqual([crm]);
    const answer = await caller().plans.get({ id: fields.id });
    expect(answer.options.databases).toEqual([shown]);
    // Sent back as it was shown: the stored one stays.
    await caller().plans.update({ ...fields, options: { ...answer.options, sparse: true } });
    const [after] = await database.pool.db.select().from(plans);
    expect(after?.options).toMatchObject({ sparse: true, databases: [crm] });
    const entries = JSON.stringify((await listEntries(ctx, { limit: 50 })).items);
    expect(entries).not.toContain(BOX);
  });

  it("want a sealed password again for another server, so that nobody sends it to one of their own", async () => {
    const { caller, fields } = await ready();
    await caller().plans.update({ ...fields, options: { ...NO_OPTIONS, databases: [crm] } });
    const aimed = { ...NO_OPTIONS, databases: [{ ...shown, host: "evil.example.test" }] };
    await expect(caller().plans.update({ ...fields, options: aimed })).rejects.toMatchObject({
      message: expect.stringContaining("Type the password of crm again"),
    });
  });

  it("are journaled one by one, with what they were and are", async () => {
    const { ctx, caller, fields } = await ready();
    await caller().plans.update({ ...fields, excludes: ["*.tmp"], compression: "zstd,3" });
    await caller().plans.update({
      ...{ ...fields, excludes: ["*.tmp"], compression: "zstd,3" },
      options: { ...NO_OPTIONS, uploadKibPerSecond: 512 },
      objectives: { rpoHours: 24, restoreProvenDays: null, offsiteHours: null },
    });
    const { items } = await listEntries(ctx, { group: "plans", limit: 1 });
    expect(items[0]).toMatchObject({ say: "Changed the plan System: objectives, uploadKibPerSecond." });
  });

  it.each([
    ["two databases of one name", { databases: [crm, { ...crm, engine: "mysql" as const }] }, /same name/],
    [
      "SQLite without its file",
      { databases: [{ ...crm, engine: "sqlite" as const, credentials: { kind: "none" as const } }] },
      /whole path/,
    ],
    [
      "a hook that is a path",
      { hooksBefore: [{ name: "/bin/sh", timeoutSeconds: 1, onFailure: "abort" as const }] },
      /hooksBefore/,
    ],
    ["a label that is shell", { stopContainersLabelled: "a;b" }, /stopContainersLabelled/],
  ])("are refused with %s", async (_, wrong, why) => {
    const { caller, fields } = await ready();
    await expect(
      caller().plans.update({ ...fields, options: { ...NO_OPTIONS, ...wrong } }),
    ).rejects.toMatchObject({ code: "BAD_REQUEST", message: expect.stringMatching(why) });
  });

  it("let a plan read databases alone, and never nothing", async () => {
    const { caller, fields } = await ready();
    const without = { ...fields, sources: [] };
    await expect(caller().plans.update(without)).rejects.toMatchObject({ code: "BAD_REQUEST" });
    await caller().plans.update({ ...without, options: { ...NO_OPTIONS, databases: [crm] } });
    await caller().plans.update(without);
    await expect(caller().plans.update({ ...without, options: NO_OPTIONS })).rejects.toMatchObject({
      code: "BAD_REQUEST",
    });
  });
});

describe("a plan that somebody else changed", () => {
  it("is not overwritten by who opened it before", async () => {
    const { caller, fields, ctx, client } = await ready();
    const { updatedAt } = await caller().plans.get({ id: fields.id });
    const then = later({ minutes: 1 });
    await caller(then).plans.update({ ...fields, sources: ["/srv"], updatedAt });
    await expect(caller(then).plans.update({ ...fields, updatedAt })).rejects.toMatchObject({
      code: "CONFLICT",
      message: expect.stringContaining("Somebody has changed this plan"),
    });
    const view = await authorize(ctx, "view", client.id);
    expect(await getPlan(ctx, view, { id: fields.id })).toMatchObject({ sources: ["/srv"] });
  });

  it("counts its schedule too", async () => {
    const { caller, fields } = await ready();
    const daily = {
      ...{ timing: { kind: "daily" as const, times: ["02:00"] }, zone: "UTC", spreadMinutes: 0 },
      ...{ blackouts: [], startWithinMinutes: null },
    };
    await caller().plans.update({ ...fields, schedule: daily });
    const { updatedAt } = await caller().plans.get({ id: fields.id });
    await caller(later({ minutes: 1 })).schedules.pause({ planId: fields.id });
    await expect(caller().plans.update({ ...fields, updatedAt })).rejects.toMatchObject({ code: "CONFLICT" });
  });
});

describe("the repositories of a plan", () => {
  it("are told each with its own last backup, and the plan is found by each", async () => {
    const { database, ctx, client, caller, fields, repositoryId } = await ready();
    const second = (await readyRepository(ctx, client.id, "second")).id;
    await caller().plans.update({ ...fields, moreRepositoryIds: [second] });
    const started = await startBackup(ctx, await authorize(ctx, "backup", client.id), { planId: fields.id });
    const { repositories } = await caller().plans.get({ id: fields.id });
    expect(repositories.map(({ id, name }) => [id, name])).toEqual([
      [repositoryId, "main"],
      [second, "second"],
    ]);
    expect(repositories.map(({ activeJobId }) => activeJobId !== null)).toEqual([true, true]);
    expect(repositories[0]?.activeJobId).toBe(started.jobId);
    const found = await caller().plans.list({ repositoryId: second, limit: 5 });
    expect(found.items.map(({ id }) => id)).toEqual([fields.id]);
    const { items } = await listEntries(database.ctx(), { group: "plans", limit: 1 });
    expect(items[0]?.say).toContain("moreRepositoryIds");
  });
});

describe("a copy of a plan", () => {
  it("says the same; passwords sealed to one machine stay on it", async () => {
    const { ctx, client, caller, fields, repositoryId } = await ready();
    const local = { ...crm, name: "local", credentials: { kind: "local" as const, name: "crm" } };
    const options = { ...NO_OPTIONS, databases: [crm, local], sparse: true };
    await caller().plans.update({ ...fields, options });
    const here = await caller().plans.duplicate({
      ...{ id: fields.id, clientId: client.id, repositoryId, name: "System again" },
    });
    expect(here.leftOut).toEqual([]);
    const other = await enrolledClient(ctx, "web-02");
    const otherRepository = (await readyRepository(ctx, other.id)).id;
    const there = await caller().plans.duplicate({
      ...{ id: fields.id, clientId: other.id, repositoryId: otherRepository, name: "System" },
    });
    expect(there.leftOut).toEqual(["crm"]);
    const copy = await caller().plans.get({ id: there.id });
    expect(copy).toMatchObject({ clientId: other.id, sources: ["/etc"], options: { databases: [local] } });
    const { items } = await listEntries(ctx, { group: "plans", limit: 1 });
    expect(items[0]?.say).toBe("Made the plan System as a copy of System of web-01.");
  });

  it("cannot be put into another client's repository, nor under a name that is taken", async () => {
    const { ctx, client, caller, fields, repositoryId } = await ready();
    const other = await enrolledClient(ctx, "web-02");
    const copy = { id: fields.id, clientId: other.id, repositoryId, name: "System" };
    await expect(caller().plans.duplicate(copy)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(caller().plans.duplicate({ ...copy, clientId: client.id })).rejects.toMatchObject({
      code: "CONFLICT",
    });
  });
});
