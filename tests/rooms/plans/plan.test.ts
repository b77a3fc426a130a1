import { describe, expect, it } from "vitest";
import { authorize } from "~/server/access/authorize";
import { createCaller } from "~/server/api/root";
import { listEntries } from "~/server/journal/list-entries";
import { getPlan } from "~/server/plans/get-plan";
import { listPlans } from "~/server/plans/list-plans";
import { removePlan } from "~/server/plans/remove-plan";
import { createPlan, updatePlan } from "~/server/plans/save-plan";
import { later, testDatabase } from "~tests/support/database";
import { enrolledClient, plan, readyRepository, reportNode } from "~tests/support/fleet";

const settings = {
  keep: null,
  name: "System",
  sources: ["/etc", "/home/odd\nname"],
  excludes: ["sh:**/.cache"],
  compression: "zstd,6",
  oneFileSystem: true,
  excludeCaches: true,
};

const NOTHING = {
  ...{ last: 0, withinHours: 0, minutely: 0, hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0 },
  neverFewerThan: 0,
};

async function ready() {
  const database = await testDatabase();
  const ctx = database.ctx();
  await reportNode(ctx);
  const client = await enrolledClient(ctx, "web-01");
  const repository = await readyRepository(ctx, client.id);
  const may = await authorize(ctx, "manage-plans", client.id);
  return { database, ctx, client, may, repositoryId: repository.id };
}

describe("a plan", () => {
  it("is kept as it was typed, changed and shown", async () => {
    const { database, ctx, client, may, repositoryId } = await ready();
    const { id } = await createPlan(ctx, may, { ...settings, repositoryId });
    const view = await authorize(ctx, "view", client.id);
    expect(await getPlan(ctx, view, { id })).toMatchObject({
      ...settings,
      clientName: "web-01",
      repositoryName: "main",
      lastRun: null,
      activeJobId: null,
      createdAt: ctx.now,
    });
    const now = later({ minutes: 1 });
    await updatePlan(database.ctx({ now }), may, { ...settings, id, repositoryId, sources: ["/srv"] });
    expect(await getPlan(ctx, view, { id })).toMatchObject({
      sources: ["/srv"],
      updatedAt: now,
      createdAt: ctx.now,
    });
  });

  it("keeps everything until told otherwise; each change of that is journaled, and nothing else is", async () => {
    const { database, ctx, client, may, repositoryId } = await ready();
    const caller = createCaller({ ...ctx, peer: null });
    const { keep: _, ...without } = settings;
    const { id } = await caller.plans.create({ ...without, clientId: client.id, repositoryId });
    const view = await authorize(ctx, "view", client.id);
    expect(await getPlan(ctx, view, { id })).toMatchObject({ keep: null });
    const rules = { ...NOTHING, last: 3, daily: 7, weekly: 4 };
    const save = (keep: typeof rules | null) => updatePlan(ctx, may, { ...settings, id, repositoryId, keep });
    await save(rules);
    await save({ ...rules });
    expect(await getPlan(ctx, view, { id })).toMatchObject({ keep: rules });
    await save({ ...rules, daily: 1 });
    await save(null);
    const { items } = await listEntries(database.ctx(), { group: "plans", limit: 50 });
    expect(items.at(-1)).toMatchObject({ action: "plan.created" });
    const told = items.slice(0, -1).map((entry) => [entry.who, entry.say]);
    expect(told).toEqual([
      [
        "Ada Admin",
        "Plan System keeps everything, for ever; before it kept the newest 3, 1 daily and 4 weekly.",
      ],
      [
        "Ada Admin",
        "Plan System keeps the newest 3, 1 daily and 4 weekly; before it kept the newest 3, 7 daily and 4 weekly.",
      ],
      [
        "Ada Admin",
        "Plan System keeps the newest 3, 7 daily and 4 weekly; before it kept everything, for ever.",
      ],
    ]);
  });

  it("has a name of its own on its client, in any case of letters", async () => {
    const { ctx, client, may, repositoryId } = await ready();
    await createPlan(ctx, may, { ...settings, repositoryId });
    const taken = { code: "name-taken" };
    await expect(createPlan(ctx, may, { ...settings, name: "SYSTEM", repositoryId })).rejects.toMatchObject(
      taken,
    );
    const { id } = await plan(ctx, client.id, repositoryId, "Other");
    await expect(updatePlan(ctx, may, { ...settings, id, repositoryId })).rejects.toMatchObject(taken);
    const other = await enrolledClient(ctx, "web-02");
    const { id: otherRepository } = await readyRepository(ctx, other.id);
    await expect(plan(ctx, other.id, otherRepository)).resolves.toBeTruthy();
  });

  it("cannot write to another client's repository, nor be changed with another client's permission", async () => {
    const { ctx, client, may, repositoryId } = await ready();
    const other = await enrolledClient(ctx, "web-02");
    const foreign = await readyRepository(ctx, other.id);
    const missing = { code: "not-found" };
    const bad = { ...settings, repositoryId: foreign.id };
    await expect(createPlan(ctx, may, bad)).rejects.toMatchObject(missing);
    const { id } = await plan(ctx, client.id, repositoryId);
    await expect(updatePlan(ctx, may, { ...bad, id })).rejects.toMatchObject(missing);
    const mayOther = await authorize(ctx, "manage-plans", other.id);
    await expect(updatePlan(ctx, mayOther, { ...bad, id })).rejects.toMatchObject(missing);
    await expect(removePlan(ctx, mayOther, { id, typedName: "System" })).rejects.toMatchObject(missing);
  });

  it("is removed by its exact name only; the name is free then", async () => {
    const { ctx, client, may, repositoryId } = await ready();
    const { id } = await plan(ctx, client.id, repositoryId);
    await expect(removePlan(ctx, may, { id, typedName: "system" })).rejects.toMatchObject({
      code: "invalid-input",
    });
    await removePlan(ctx, may, { id, typedName: "System" });
    expect((await listPlans(ctx, { limit: 50 })).items).toEqual([]);
    await expect(plan(ctx, client.id, repositoryId)).resolves.toBeTruthy();
  });

  it("is listed by client and name, a page at a time", async () => {
    const { ctx, client, repositoryId } = await ready();
    for (const name of ["b", "A", "c"]) await plan(ctx, client.id, repositoryId, name);
    const first = await listPlans(ctx, { limit: 2 });
    const second = await listPlans(ctx, { limit: 2, cursor: first.nextCursor, repositoryId });
    expect([...first.items, ...second.items].map(({ name }) => name)).toEqual(["A", "b", "c"]);
  });

  it.each([
    ["a relative directory", { sources: ["etc"] }],
    ["no directory", { sources: [] }],
    ["a NUL byte", { sources: ["/a\0b"] }],
    ["a way up", { sources: ["/home/../etc"] }],
    ["an empty pattern", { excludes: [" "] }],
    ["a compression that borg does not know", { compression: "gzip" }],
    ["no name", { name: "  " }],
    ["rules that keep nothing", { keep: { ...NOTHING } }],
    ["rules below zero", { keep: { ...NOTHING, last: -1 } }],
  ])("is refused with %s, naming the field", async (_, wrong) => {
    const { ctx, client, repositoryId } = await ready();
    const caller = createCaller({ ...ctx, peer: null });
    await expect(
      caller.plans.create({ ...settings, clientId: client.id, repositoryId, ...wrong }),
    ).rejects.toMatchObject({
      code: "BAD_REQUEST",
      message: expect.stringContaining(Object.keys(wrong)[0] ?? ""),
    });
  });
});
