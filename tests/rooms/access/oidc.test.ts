import { asc, eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import type { OidcClaims } from "~/domain/oidc-decision";
import { SETTINGS, type Setting } from "~/domain/settings";
import { findSignIn } from "~/server/access/find-sign-in";
import { type OidcAnswer, signInByOidc } from "~/server/access/sign-in-by-oidc";
import type { Ctx } from "~/server/context";
import { newId } from "~/server/db/new-id";
import { grants, oidcIdentities, signIns, totpFactors, users } from "~/server/db/schema/access";
import { journalEntries } from "~/server/db/schema/journal";
import { sealSecret } from "~/server/secrets/seal-secret";
import { saveSetting } from "~/server/settings/save-setting";
import { TEST_START, testDatabase } from "~tests/support/database";

const ISSUER = "https://idp.example/realms/office";
const ADA: OidcClaims = {
  ...{ issuer: ISSUER, subject: "sub-ada", email: "admin@example.test", emailVerified: true, name: "Ada" },
};
const NEW: OidcClaims = { ...ADA, subject: "sub-eve", email: "eve@example.test", name: "Eve" };

/** A database with the admin admin@example.test and OpenID Connect as `given`. */
async function withProvider(given: Partial<Setting<"oidc">> = {}) {
  const database = await testDatabase();
  const { admin } = database;
  const ctx = database.ctx();
  const value = SETTINGS.oidc.parse({
    enabled: true,
    label: "Office",
    issuer: ISSUER,
    clientId: "bbs",
    ...given,
  });
  await saveSetting(ctx, { name: "oidc", value });
  const come = (claims: OidcClaims) => signInByOidc(ctx, { claims, peer: "192.0.2.7", device: "a browser" });
  return { database, ctx, admin, come };
}

async function actorOf(ctx: Ctx, answer: OidcAnswer) {
  if (answer.kind !== "signed-in") throw new Error(`refused: ${answer.why}`);
  return findSignIn(ctx, answer.signInId);
}

const entries = (ctx: Ctx) =>
  ctx.db
    .select({ action: journalEntries.action, actorId: journalEntries.actorId, detail: journalEntries.detail })
    .from(journalEntries)
    .orderBy(asc(journalEntries.id));

describe("somebody who has an account here", () => {
  it("is linked by a verified address, in any case of its letters, and known by the subject from then on", async () => {
    const { ctx, admin, come } = await withProvider();
    const first = await actorOf(ctx, await come({ ...ADA, email: "Admin@Example.TEST" }));
    expect(first).toMatchObject({ userId: admin.userId, role: "admin", standing: "whole", via: "session" });
    const renamed = { ...ADA, email: "somebody.else@example.test", emailVerified: false };
    expect(await actorOf(ctx, await come(renamed))).toMatchObject({ userId: admin.userId });
    expect(await ctx.db.select().from(users)).toHaveLength(1);
    const [row] = await ctx.db.select().from(signIns);
    expect(row).toMatchObject({
      by: "oidc",
      address: "192.0.2.7",
      secondFactorAt: null,
      confirmedAt: TEST_START,
    });
    const told = (await entries(ctx)).slice(1);
    expect(told.map(({ action }) => action)).toEqual(["oidc.linked", "sign-in", "sign-in"]);
    expect(told[0]?.detail).toMatchObject({ userId: admin.userId, issuer: ISSUER, subject: "sub-ada" });
    expect(told[1]).toMatchObject({ actorId: admin.userId, detail: { by: "oidc" } });
  });

  it.each([
    ["an address that the provider has not verified", { emailVerified: false }, "oidc-unverified"],
    ["no address", { email: null, emailVerified: false }, "oidc-no-email"],
    ["an address that only Unicode takes for the same (Kelvin sign)", { email: "admin@example.test" }, null],
    ["another issuer's word", { issuer: `${ISSUER}/` }, "oidc-issuer"],
  ] as const)("is not linked by %s", async (_, claims, why) => {
    const { ctx, come } = await withProvider({ newPeople: "let-in" });
    if (why === null) {
      await ctx.db.update(users).set({ email: "kate@example.test" });
      expect(await come({ ...ADA, email: "\u212Aate@example.test" })).toEqual({
        kind: "refused",
        why: "oidc-denied",
      });
    } else expect(await come({ ...ADA, ...claims })).toEqual({ kind: "refused", why });
    expect(await ctx.db.select().from(oidcIdentities)).toEqual([]);
    expect(await ctx.db.select().from(signIns)).toEqual([]);
    expect(await ctx.db.select().from(users)).toHaveLength(1);
    const told = (await entries(ctx)).at(-1);
    expect(told).toMatchObject({ action: "sign-in.failed", actorId: null, detail: { by: "oidc" } });
  });

  it("stays out while disabled, linked or not", async () => {
    const { ctx, admin, come } = await withProvider({ newPeople: "let-in" });
    await ctx.db.update(users).set({ disabledAt: TEST_START });
    expect(await come(ADA)).toEqual({ kind: "refused", why: "oidc-disabled" });
    await ctx.db.insert(oidcIdentities).values({
      ...{ id: newId(), userId: admin.userId, issuer: ISSUER, subject: "sub-ada", createdAt: TEST_START },
    });
    expect(await come(ADA)).toEqual({ kind: "refused", why: "oidc-disabled" });
  });

  it("still has to show the second factor", async () => {
    const { database, ctx, admin, come } = await withProvider();
    const place = { table: "totp_factors", column: "secret_sealed", rowId: admin.userId };
    await ctx.db.insert(totpFactors).values({
      ...{ userId: admin.userId, secretSealed: sealSecret("JBSWY3DPEHPK3PXP", place) },
      ...{ createdAt: TEST_START, confirmedAt: TEST_START },
    });
    expect(await actorOf(ctx, await come(ADA))).toMatchObject({ standing: "second-factor-missing" });
    await ctx.db.delete(totpFactors).where(eq(totpFactors.userId, admin.userId));
    const value = { requireSecondFactor: true, idleMinutes: 60, absoluteHours: 24, localSignIn: true };
    await saveSetting(database.ctx(), { name: "sign-in", value });
    expect(await actorOf(ctx, await come(ADA))).toMatchObject({ standing: "not-enrolled" });
  });
});

describe("somebody whom nobody has invited", () => {
  it("stays out where that is set", async () => {
    const { ctx, come } = await withProvider({ newPeople: "deny" });
    expect(await come(NEW)).toEqual({ kind: "refused", why: "oidc-denied" });
    expect(await ctx.db.select().from(users)).toHaveLength(1);
  });

  it("waits for an admin without any permission where that is set", async () => {
    const { ctx, come } = await withProvider({ newPeople: "pending", preset: "owner" });
    expect(await actorOf(ctx, await come(NEW))).toMatchObject({
      role: "user",
      standing: "pending",
      grants: [],
    });
    expect(await actorOf(ctx, await come(NEW))).toMatchObject({ standing: "pending" });
    const people = await ctx.db.select().from(users).where(eq(users.email, "eve@example.test"));
    expect(people).toMatchObject([
      { name: "Eve", role: "user", passwordHash: null, pendingSince: TEST_START },
    ]);
    expect((await entries(ctx)).map(({ action }) => action)).toContain("user.joined");
  });

  it("comes in with the permissions that are set, for all clients, never as an admin", async () => {
    const { ctx, come } = await withProvider({ newPeople: "let-in", preset: "operator" });
    expect(await actorOf(ctx, await come(NEW))).toMatchObject({
      ...{ role: "user", standing: "whole" },
      grants: [{ clientId: null, tag: null, permissions: ["view", "backup", "restore"] }],
    });
    expect(await ctx.db.select().from(grants)).toHaveLength(1);
  });

  it("makes no account with an address that is not verified, so that none waits for its real owner", async () => {
    for (const newPeople of ["pending", "let-in"] as const) {
      const { ctx, come } = await withProvider({ newPeople });
      expect(await come({ ...NEW, emailVerified: false })).toEqual({
        kind: "refused",
        why: "oidc-unverified",
      });
      expect(await come({ ...NEW, email: null })).toEqual({ kind: "refused", why: "oidc-no-email" });
      expect(await ctx.db.select().from(users)).toHaveLength(1);
    }
  });

  it("becomes one person, though the first sign-in comes ten times at once", async () => {
    const { ctx, come } = await withProvider({ newPeople: "let-in" });
    const answers = await Promise.all(Array.from({ length: 10 }, () => come(NEW)));
    expect(answers.map(({ kind }) => kind)).toEqual(Array.from({ length: 10 }, () => "signed-in"));
    expect(await ctx.db.select().from(users)).toHaveLength(2);
    expect(await ctx.db.select().from(oidcIdentities)).toHaveLength(1);
    expect(await ctx.db.select().from(grants)).toHaveLength(1);
  });
});

it("lets nobody in while it is switched off, also who was linked before", async () => {
  const { ctx, come } = await withProvider();
  await come(ADA);
  await saveSetting(ctx, {
    name: "oidc",
    value: {
      enabled: false,
      label: "Office",
      issuer: ISSUER,
      clientId: "bbs",
      newPeople: "let-in",
      preset: "owner",
    },
  });
  expect(await come(ADA)).toEqual({ kind: "refused", why: "oidc-off" });
});
