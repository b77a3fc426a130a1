import { describe, expect, it } from "vitest";
import type { Grant } from "~/domain/permission";
import { createCaller } from "~/server/api/root";
import { listEntries } from "~/server/journal/list-entries";
import { signedInAs } from "~tests/support/acting-people";
import { later, testDatabase } from "~tests/support/database";
import { enrolledClient, plan, readyRepository, reportNode } from "~tests/support/fleet";

const KEEP = {
  ...{ last: 0, withinHours: 0, minutely: 0, hourly: 0, daily: 7, weekly: 0, monthly: 0, yearly: 0 },
  neverFewerThan: 0,
};
const settings = { keep: KEEP, options: { uploadKibPerSecond: 1024, uploadWindows: [] } };

async function ready() {
  const database = await testDatabase();
  const ctx = database.ctx();
  await reportNode(ctx);
  const planIds: string[] = [];
  const clientIds: string[] = [];
  for (const name of ["db-01", "web-01"]) {
    const { id } = await enrolledClient(ctx, name);
    clientIds.push(id);
    planIds.push((await plan(ctx, id, (await readyRepository(ctx, id)).id)).id);
  }
  const caller = (now = ctx.now) => createCaller({ ...database.ctx({ now }), peer: null });
  const { id } = await caller().planProfiles.create({ kind: "profile", name: "Servers", settings });
  const preview = async () => (await caller().planProfiles.preview({ id, limit: 50 })).items;
  const opened = async () => ({ id, updatedAt: (await caller().planProfiles.get({ id })).updatedAt });
  const asked = async () =>
    (await preview()).map(({ planId, updatedAt }) => ({ id: planId as never, updatedAt }));
  return { database, ctx, caller, id, planIds, clientIds, preview, opened, asked };
}

describe("a profile", () => {
  it("shows what it would change of each plan, changes that and nothing else, all in one", async () => {
    const { ctx, caller, planIds, preview, opened, asked } = await ready();
    expect((await preview()).map(({ clientName, changes }) => [clientName, changes])).toEqual(
      ["db-01", "web-01"].map((name) => [
        name,
        [
          { part: "upload", label: "Upload limit", before: "without a limit", after: "at most 1.00 MiB/s" },
          { part: "keep", label: "Keep", before: "everything, for ever", after: "7 daily" },
        ],
      ]),
    );
    const done = await caller(later({ minutes: 1 })).planProfiles.applyTo({
      ...(await opened()),
      plans: await asked(),
    });
    expect(done).toEqual({ changed: 2, same: 0 });
    for (const id of planIds) {
      expect(await caller().plans.get({ id })).toMatchObject({
        ...{ keep: KEEP, sources: ["/etc"], excludes: ["*.tmp"], profile: { name: "Servers" } },
        options: { uploadKibPerSecond: 1024, sparse: false },
      });
    }
    expect((await preview()).map(({ applied, changes }) => [applied, changes])).toEqual([
      [true, []],
      [true, []],
    ]);
    const says = (await listEntries(ctx, { group: "plans", limit: 3 })).items.map(({ say }) => say);
    expect(says).toEqual([
      "Applied the profile Servers to 2 plans; 2 changed.",
      "Plan System keeps 7 daily; before it kept everything, for ever.",
      "Changed the plan System by the profile Servers: uploadKibPerSecond.",
    ]);
  });

  it("changes no plan when it is changed itself, but shows which differ from then on", async () => {
    const { caller, planIds, preview, opened, asked } = await ready();
    await caller().planProfiles.applyTo({ ...(await opened()), plans: await asked() });
    await caller(later({ minutes: 1 })).planProfiles.update({
      ...{ ...(await opened()), name: "Servers", settings: { ...settings, compression: "lz4" } },
    });
    expect(await caller().plans.get({ id: planIds[0] as never })).toMatchObject({ compression: "zstd,3" });
    expect((await preview()).map(({ changes }) => changes.map(({ part }) => part))).toEqual([
      ["compression"],
      ["compression"],
    ]);
  });

  it("changes no plan at all when one of them, or the profile, was changed since the preview", async () => {
    const { caller, planIds, preview, opened, asked } = await ready();
    const [first, seen] = [await opened(), await asked()];
    const { name, sources, excludes, compression, repositoryId } = await caller().plans.get({
      id: planIds[1] as never,
    });
    await caller(later({ minutes: 1 })).plans.update({
      ...{ id: planIds[1] as never, name, excludes, compression, repositoryId: repositoryId as never },
      ...{ sources: [...sources, "/srv"], oneFileSystem: false, excludeCaches: true, keep: null },
    });
    await expect(caller().planProfiles.applyTo({ ...first, plans: seen })).rejects.toMatchObject({
      code: "CONFLICT",
      message: expect.stringContaining("System of web-01"),
    });
    expect((await preview()).map(({ applied }) => applied)).toEqual([false, false]);
    await caller(later({ minutes: 2 })).planProfiles.update({ ...first, name: "Servers", settings });
    await expect(caller().planProfiles.applyTo({ ...first, plans: await asked() })).rejects.toMatchObject({
      code: "CONFLICT",
    });
  });

  it("is made by admins; others preview and apply it where they may change plans, and nowhere else", async () => {
    const { database, ctx, clientIds, planIds, id, opened } = await ready();
    const grants: Grant[] = [
      { clientId: clientIds[1] ?? "", tag: null, permissions: ["view", "manage-plans"] },
      { clientId: clientIds[0] ?? "", tag: null, permissions: ["view"] },
    ];
    const mine = createCaller({ ...ctx, actor: await signedInAs(database, { grants }), peer: null });
    await expect(mine.planProfiles.create({ kind: "profile", name: "Mine", settings })).rejects.toMatchObject(
      { code: "FORBIDDEN" },
    );
    const { items } = await mine.planProfiles.preview({ id, limit: 50 });
    expect(items.map(({ clientName }) => clientName)).toEqual(["web-01"]);
    const both = planIds.map((planId) => ({
      id: planId as never,
      updatedAt: items[0]?.updatedAt ?? ctx.now,
    }));
    await expect(mine.planProfiles.applyTo({ ...(await opened()), plans: both })).rejects.toMatchObject({
      code: "FORBIDDEN",
    });
    await expect(mine.planProfiles.applyTo({ ...(await opened()), plans: both.slice(1) })).resolves.toEqual({
      changed: 1,
      same: 0,
    });
  });

  it("has a name of its own within its kind; plans keep what they took when it is removed", async () => {
    const { caller, planIds, opened, asked, id } = await ready();
    const again = { name: "SERVERS", settings };
    await expect(caller().planProfiles.create({ kind: "profile", ...again })).rejects.toMatchObject({
      code: "CONFLICT",
    });
    await caller().planProfiles.create({ kind: "template", ...again });
    await caller().planProfiles.applyTo({ ...(await opened()), plans: await asked() });
    await caller().planProfiles.remove({ id });
    expect(await caller().plans.get({ id: planIds[0] as never })).toMatchObject({
      keep: KEEP,
      profile: null,
    });
    expect((await caller().planProfiles.list({})).map(({ kind }) => kind)).toEqual(["template"]);
  });

  it("finds plans by client, name and tag, a page at a time", async () => {
    const { caller, id } = await ready();
    const first = await caller().planProfiles.preview({ id, limit: 1 });
    const second = await caller().planProfiles.preview({ id, limit: 1, cursor: first.nextCursor });
    expect([...first.items, ...second.items].map(({ clientName }) => clientName)).toEqual([
      "db-01",
      "web-01",
    ]);
    const found = await caller().planProfiles.preview({ id, limit: 9, search: "web" });
    expect(found.items).toHaveLength(1);
    expect((await caller().planProfiles.preview({ id, limit: 9, applied: true })).items).toEqual([]);
  });
});
