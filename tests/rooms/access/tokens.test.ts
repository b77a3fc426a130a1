import { TRPCError } from "@trpc/server";
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { userId } from "~/domain/id";
import type { Grant, Scope } from "~/domain/permission";
import { SCOPES } from "~/domain/permission";
import { TOKEN_PRESETS } from "~/domain/token-scopes";
import { createToken } from "~/server/access/create-token";
import { findTokenOwner } from "~/server/access/find-token-owner";
import { appRouter, createCaller } from "~/server/api/root";
import { createClient } from "~/server/clients/create-client";
import type { Ctx } from "~/server/context";
import { apiTokens, users } from "~/server/db/schema/access";
import { later, TEST_START, type TestDatabase, testDatabase } from "~tests/support/database";
import { personActor } from "~tests/support/person";

const DAY_MS = 86_400_000;

/** The API as somebody sees it who sends this token; null: nobody knows it. */
async function byToken(database: TestDatabase, token: string, now = TEST_START) {
  const actor = await findTokenOwner(database.nobodyCtx(now), token);
  return actor && createCaller({ ...database.ctx({ actor, now }), peer: null });
}

async function tokenOf(database: TestDatabase, scopes: readonly Scope[], given: Partial<Ctx> = {}) {
  const ctx = { ...database.ctx({ actor: { ...database.admin, confirmedAt: TEST_START } }), ...given };
  return createToken(ctx, { userId: database.admin.userId, name: "script", scopes, expiresInDays: 30 });
}

async function apiOf(database: TestDatabase, scopes: readonly Scope[]) {
  const api = await byToken(database, (await tokenOf(database, scopes)).token);
  if (!api) throw new Error("the token is unknown");
  return api;
}

/** Somebody with an account of their own and these grants. */
async function somebody(database: TestDatabase, grants: Grant[]) {
  const actor = personActor({ grants, confirmedAt: TEST_START });
  await database.pool.db.insert(users).values({
    ...{ id: actor.userId, email: `${actor.userId}@example.test`, name: "Bob" },
    ...{ role: "user", createdAt: TEST_START },
  });
  return actor;
}

const refusalOf = async (asked: Promise<unknown>) => {
  const error = await asked.then(
    () => new Error("it was done"),
    (reason: unknown) => reason,
  );
  return error instanceof TRPCError ? error.code : error;
};

function within(value: unknown, ...keys: string[]): unknown {
  return keys.reduce((at, key) => Reflect.get(Object(at), key), value);
}

describe("an API token", () => {
  it("does what its scopes say and nothing else, though its owner is an admin", async () => {
    const database = await testDatabase();
    const { id } = await createClient(database.ctx(), { name: "web-01" });
    const viewer = await apiOf(database, ["view"]);
    expect((await viewer.clients.get({ id })).name).toBe("web-01");
    expect(await refusalOf(viewer.clients.create({ name: "web-02" }))).toBe("FORBIDDEN");
    expect(await refusalOf(viewer.journal.list({}))).toBe("FORBIDDEN");
    const manager = await apiOf(database, ["manage-clients"]);
    expect(await refusalOf(manager.clients.create({ name: "web-02" }))).not.toBe("FORBIDDEN");
  });

  it("brings `view` along with whatever is done to a client", async () => {
    const database = await testDatabase();
    const { scopes } = await tokenOf(database, ["backup"]);
    expect(scopes).toEqual(["view", "backup"]);
    expect((await tokenOf(database, ["administer"])).scopes).toEqual(["administer"]);
  });

  it("never does more than its owner may now", async () => {
    const database = await testDatabase();
    const { id } = await createClient(database.ctx(), { name: "web-01" });
    const { token } = await tokenOf(database, TOKEN_PRESETS.everything);
    expect(await (await byToken(database, token))?.tokens.listAll({})).toHaveLength(1);
    await database.pool.db.update(users).set({ role: "user" }).where(eq(users.id, database.admin.userId));
    const demoted = await byToken(database, token);
    expect(await refusalOf(demoted?.tokens.listAll({}) ?? Promise.resolve())).toBe("FORBIDDEN");
    expect(await refusalOf(demoted?.clients.get({ id }) ?? Promise.resolve())).toBe("FORBIDDEN");
    await database.pool.db.update(users).set({ disabledAt: TEST_START });
    expect(await byToken(database, token)).toBeNull();
  });

  it("cannot be made for what its maker may not do", async () => {
    const database = await testDatabase();
    const bob = await somebody(database, [{ clientId: null, tag: null, permissions: ["view", "backup"] }]);
    const ctx = database.ctx({ actor: bob });
    for (const scope of SCOPES) {
      const asked = createToken(ctx, { userId: bob.userId, name: "x", scopes: [scope], expiresInDays: 1 });
      if (scope === "view" || scope === "backup") expect((await asked).scopes).toContain(scope);
      else await expect(asked).rejects.toMatchObject({ code: "forbidden" });
    }
    const api = createCaller({ ...ctx, peer: null });
    expect(await api.tokens.scopes()).toEqual(["view", "backup"]);
  });

  it("makes others with at most its own scopes, which end no later than itself", async () => {
    const database = await testDatabase();
    const api = await apiOf(database, ["view", "backup"]);
    const wider = { name: "wider", scopes: ["view", "restore"] as Scope[] };
    expect(await refusalOf(api.tokens.create(wider))).toBe("FORBIDDEN");
    const made = await api.tokens.create({ name: "child", scopes: ["view"], expiresInDays: null });
    expect(made.expiresAt).toEqual(new Date(TEST_START.getTime() + 30 * DAY_MS));
    const sooner = await api.tokens.create({ name: "child", scopes: ["view"], expiresInDays: 2 });
    expect(sooner.expiresAt).toEqual(new Date(TEST_START.getTime() + 2 * DAY_MS));
  });

  it("that reads secrets is made only after a fresh confirmation", async () => {
    const database = await testDatabase();
    const wanted = { userId: database.admin.userId, name: "reads", expiresInDays: 1 };
    const open = database.ctx({ actor: { ...database.admin, confirmedAt: null } });
    await expect(createToken(open, { ...wanted, scopes: ["reveal-secrets"] })).rejects.toMatchObject({
      code: "confirmation-needed",
    });
    expect((await createToken(open, { ...wanted, scopes: ["view"] })).scopes).toEqual(["view"]);
    const old = database.ctx({
      actor: { ...database.admin, confirmedAt: TEST_START },
      now: later({ minutes: 6 }),
    });
    await expect(createToken(old, { ...wanted, scopes: ["reveal-secrets"] })).rejects.toMatchObject({
      code: "confirmation-needed",
    });
  });

  it("ends after 90 days unless something else is asked for", async () => {
    const database = await testDatabase();
    const api = createCaller({ ...database.ctx(), peer: null });
    const { expiresAt } = await api.tokens.create({ name: "x", scopes: ["view"] });
    expect(expiresAt).toEqual(new Date(TEST_START.getTime() + 90 * DAY_MS));
    const never = await api.tokens.create({ name: "x", scopes: ["view"], expiresInDays: null });
    expect(never.expiresAt).toBeNull();
  });

  it("asks for its owner's account and changes nothing of it", async () => {
    const database = await testDatabase();
    const api = await apiOf(database, TOKEN_PRESETS.everything);
    expect((await api.me.get()).email).toBe("admin@example.test");
    const paths = Object.entries<unknown>(appRouter._def.procedures).flatMap(([path, procedure]) =>
      within(procedure, "_def", "meta", "permission") === "own-session" ? [path] : [],
    );
    expect(paths.length).toBeGreaterThan(5);
    for (const path of paths) {
      const call = within(api, ...path.split("."));
      if (typeof call !== "function") throw new Error(`${path} cannot be called`);
      expect([path, await refusalOf(Promise.resolve(call({})))]).toEqual([path, "FORBIDDEN"]);
    }
  });

  it("is stored as a hash, shown by its first characters, and journaled without them all", async () => {
    const database = await testDatabase();
    const { id, token } = await tokenOf(database, ["view"]);
    expect(token).toMatch(/^bbs_[A-Za-z0-9_-]{43}$/);
    const api = createCaller({ ...database.ctx(), peer: null });
    expect(await api.tokens.list()).toMatchObject([{ id, shown: token.slice(0, 8), scopes: ["view"] }]);
    await api.tokens.revoke({ id });
    await api.tokens.revoke({ id });
    const entries = await database.pool.sql`select action, detail from journal_entries order by id desc`;
    expect(entries.map(({ action }) => action)).toEqual(["token.revoked", "token.created"]);
    expect(entries[1]?.detail).toMatchObject({ userId: database.admin.userId, scopes: ["view"] });
    const rows = await database.pool.db.select().from(apiTokens);
    expect(JSON.stringify([entries, rows])).not.toContain(token.slice(0, 12));
  });

  it("of somebody else is an admin's to see and revoke, and nobody else's", async () => {
    const database = await testDatabase();
    const bob = await somebody(database, [{ clientId: null, tag: null, permissions: ["view"] }]);
    const { id } = await tokenOf(database, ["view"]);
    const asBob = createCaller({ ...database.ctx({ actor: bob }), peer: null });
    const { id: his, token } = await asBob.tokens.create({ name: "bobs", scopes: ["view"] });
    expect((await asBob.tokens.list()).map((row) => row.id)).toEqual([his]);
    expect(await refusalOf(asBob.tokens.revoke({ id }))).toBe("NOT_FOUND");
    expect(await refusalOf(asBob.tokens.revokeAny({ id }))).toBe("FORBIDDEN");
    expect(await refusalOf(asBob.tokens.listAll({}))).toBe("FORBIDDEN");
    const admin = createCaller({ ...database.ctx(), peer: null });
    expect(await admin.tokens.listAll({ userId: userId.parse(bob.userId) })).toMatchObject([
      { id: his, userName: "Bob" },
    ]);
    await admin.tokens.revokeAny({ id: his });
    expect(await byToken(database, token)).toBeNull();
    expect((await admin.tokens.listAll({})).map((row) => row.id)).toEqual([id, his]);
  });
});
