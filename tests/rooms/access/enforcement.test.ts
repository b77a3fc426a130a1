import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { runBbsAdmin } from "~/cli/run-bbs-admin";
import { findTokenOwner } from "~/server/access/find-token-owner";
import { removeTotp } from "~/server/access/remove-totp";
import { resetSecondFactor } from "~/server/access/reset-second-factor";
import { appRouter, createCaller } from "~/server/api/root";
import type { Ctx } from "~/server/context";
import { openPool } from "~/server/db";
import { newId } from "~/server/db/new-id";
import { apiTokens, passkeys, recoveryCodes, signIns, totpFactors } from "~/server/db/schema/access";
import { journalEntries } from "~/server/db/schema/journal";
import { outgoingMails } from "~/server/db/schema/mail";
import { saveSetting } from "~/server/settings/save-setting";
import { hashToken, newToken } from "~/server/token";
import { later, type TestDatabase, testDatabase } from "~tests/support/database";
import { confirmed, ctxOf, signedInPerson, signInAgain, withTotp } from "~tests/support/signed-in";

/** All that may be asked before a second factor is set up, besides what strangers may ask. */
const ENROLMENT = [
  "confirm.ways",
  "confirm.withPassword",
  "secondFactor.addPasskey",
  "secondFactor.beginPasskey",
  "secondFactor.beginTotp",
  "secondFactor.confirmTotp",
  "signInSteps.beginPasskey",
  "signInSteps.showPasskey",
  "signInSteps.showRecoveryCode",
  "signInSteps.showTotp",
  "signInSteps.state",
];

const procedures = Object.entries<unknown>(appRouter._def.procedures).map(([path, procedure]) => ({
  path,
  permission: within(procedure, "_def", "meta", "permission"),
}));
const guarded = procedures.filter(
  ({ permission }) => permission !== "public" && permission !== "finish-sign-in",
);

function within(value: unknown, ...keys: string[]): unknown {
  return keys.reduce((at, key) => Reflect.get(Object(at), key), value);
}

/** The refusal's code when a procedure is called with an input that no schema takes. */
async function refusalOf(ctx: Ctx, path: string): Promise<unknown> {
  const call = within(createCaller({ ...ctx, peer: null }), ...path.split("."));
  if (typeof call !== "function") throw new Error(`${path} is not callable`);
  try {
    await call(Symbol.for("no input"));
    return "answered";
  } catch (error) {
    return within(error, "cause", "code");
  }
}

async function refusalsOf(ctx: Ctx, asked: readonly { path: string }[]) {
  return Promise.all(asked.map(async ({ path }) => [path, await refusalOf(ctx, path)]));
}

const all = (code: string) => guarded.map(({ path }) => [path, code]);

async function demand(database: TestDatabase): Promise<void> {
  await saveSetting(database.ctx(), {
    name: "sign-in",
    value: { requireSecondFactor: true, idleMinutes: 1440, absoluteHours: 168, localSignIn: true },
  });
}

describe("where a second factor is demanded", () => {
  it("nothing but enrolling works before there is one, for admins, users and people of a provider", async () => {
    const database = await testDatabase();
    await demand(database);
    expect(guarded.length).toBeGreaterThan(40);
    for (const given of [{ role: "admin" }, { role: "user" }, { by: "oidc" }] as const) {
      const { signInId } = await signedInPerson(database, given);
      const ctx = await ctxOf(database, signInId);
      expect(ctx.actor).toMatchObject({ standing: "not-enrolled" });
      expect(await refusalsOf(ctx, guarded)).toEqual(all("second-factor-not-set-up"));
    }
  });

  it("API tokens of people without one do nothing either, and work again once there is one", async () => {
    const database = await testDatabase();
    const person = await signedInPerson(database, { role: "admin" });
    const token = newToken("bbs_");
    await database.pool.db.insert(apiTokens).values({
      ...{ id: newId(), userId: person.userId, name: "script", createdAt: later({}) },
      ...{ tokenHash: hashToken(token), scopes: ["view", "administer"] },
    });
    const asToken = async (): Promise<Ctx> => {
      const nobody = database.nobodyCtx();
      return { ...nobody, actor: (await findTokenOwner(nobody, token)) ?? nobody.actor };
    };
    await demand(database);
    expect(await refusalsOf(await asToken(), guarded)).toEqual(all("second-factor-not-set-up"));
    await withTotp(database, person);
    expect((await asToken()).actor).toMatchObject({ standing: "whole" });
  });

  it("enrolling is this and no more", () => {
    const open = procedures.filter(({ permission }) => permission === "finish-sign-in");
    expect(open.map(({ path }) => path).sort()).toEqual(ENROLMENT);
  });

  it("a sign-in becomes whole by enrolling, and falls back when the last factor is removed", async () => {
    const database = await testDatabase();
    await demand(database);
    const person = await withTotp(database, await signedInPerson(database));
    const ctx = await ctxOf(database, person.signInId);
    expect(ctx.actor).toMatchObject({ standing: "whole" });
    await removeTotp(ctx);
    expect((await ctxOf(database, person.signInId)).actor).toMatchObject({ standing: "not-enrolled" });
  });
});

describe("before the second factor is shown", () => {
  it("every procedure refuses, also those with which one would be added", async () => {
    const database = await testDatabase();
    const person = await withTotp(database, await signedInPerson(database, { role: "admin" }));
    const ctx = await ctxOf(database, await signInAgain(database, person));
    expect(await refusalsOf(ctx, guarded)).toEqual(all("second-factor-needed"));
    const { secondFactor, confirm } = createCaller({ ...ctx, peer: null });
    const needed = { cause: { code: "second-factor-needed" } };
    await expect(secondFactor.beginTotp()).rejects.toMatchObject(needed);
    await expect(secondFactor.beginPasskey()).rejects.toMatchObject(needed);
    await expect(secondFactor.confirmTotp({ code: "123456" })).rejects.toMatchObject(needed);
    await expect(confirm.withPassword({ password: "correct horse battery" })).rejects.toMatchObject({
      cause: { code: "forbidden" },
    });
  });
});

describe("a reset", () => {
  async function world() {
    const database = await testDatabase();
    const admin = await withTotp(database, await signedInPerson(database, { role: "admin" }));
    const person = await withTotp(database, await signedInPerson(database));
    return { database, admin, person, ctx: await ctxOf(database, admin.signInId) };
  }

  it("takes everything off somebody, ends their sign-ins, tells them by mail and the journal", async () => {
    const { database, person, admin, ctx } = await world();
    await database.pool.db.insert(recoveryCodes).values({
      ...{ id: newId(), userId: person.userId, lookup: "abcde", codeHash: "none", createdAt: later({}) },
    });
    await saveSetting(database.ctx(), {
      name: "mail",
      value: {
        host: "mail.example.test",
        port: 587,
        security: "starttls",
        user: "",
        from: "bbs@example.test",
      },
    });
    await resetSecondFactor(ctx, { userId: person.userId });
    const { db } = ctx;
    expect(await db.select().from(totpFactors).where(eq(totpFactors.userId, person.userId))).toEqual([]);
    expect(await db.select().from(totpFactors).where(eq(totpFactors.userId, admin.userId))).toHaveLength(1);
    expect(await db.select().from(recoveryCodes)).toEqual([]);
    expect(await db.select().from(passkeys)).toEqual([]);
    const theirs = await db.select().from(signIns).where(eq(signIns.userId, person.userId));
    expect(theirs.filter(({ endedAt }) => endedAt === null)).toEqual([]);
    expect((await ctxOf(database, person.signInId)).actor).toEqual({ kind: "nobody" });
    expect(await db.select().from(outgoingMails)).toMatchObject([
      { recipient: person.email, subject: "A second factor was removed from your account" },
    ]);
    expect((await db.select().from(journalEntries)).at(-1)).toMatchObject({
      action: "second-factor.reset",
      actorId: admin.userId,
      detail: { userId: person.userId, authenticatorApp: true },
    });
  });

  it("wants a fresh confirmation and is never for oneself; on the server itself it needs neither", async () => {
    const { database, person, admin, ctx } = await world();
    const stale = await ctxOf(database, admin.signInId, later({ minutes: 6 }));
    await expect(resetSecondFactor(stale, { userId: person.userId })).rejects.toMatchObject({
      code: "confirmation-needed",
    });
    await expect(resetSecondFactor(confirmed(ctx), { userId: admin.userId })).rejects.toMatchObject({
      code: "forbidden",
    });
    await expect(resetSecondFactor(ctx, { userId: "nosuchperson" })).rejects.toMatchObject({
      code: "not-found",
    });
    expect(await resetSecondFactor(database.nobodyCtx(), { userId: admin.userId })).toEqual({
      authenticatorApp: true,
      passkeys: 0,
      endedSignIns: 1,
    });
  });

  it("is done on the server itself by bbs-admin, for an admin who has lost everything", async () => {
    const { database, admin } = await world();
    const told: string[] = [];
    const write = (text: string) => void told.push(text);
    const streams = { out: write, error: write, readPassword: async () => "" };
    expect(await runBbsAdmin(["reset-second-factor", "--email", admin.email.toUpperCase()], streams)).toBe(0);
    expect(told.join("")).toContain("an authenticator app, 0 passkeys");
    // The command has closed its pool.
    const pool = openPool(database.url);
    try {
      const left = await pool.db.select().from(totpFactors).where(eq(totpFactors.userId, admin.userId));
      expect(left).toEqual([]);
      expect((await pool.db.select().from(journalEntries)).at(-1)).toMatchObject({
        ...{ action: "second-factor.reset", actorKind: "nobody", detail: { userId: admin.userId } },
      });
    } finally {
      await pool.end();
    }
  });
});
