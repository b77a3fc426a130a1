import { eq } from "drizzle-orm";
import { encode } from "next-auth/jwt";
import { describe, expect, it } from "vitest";
import { beginTotp, confirmTotp } from "~/server/access/add-totp";
import { findSignIn } from "~/server/access/find-sign-in";
import { removeTotp } from "~/server/access/remove-totp";
import { showSecondFactor } from "~/server/access/show-second-factor";
import { spendTotp } from "~/server/access/spend-totp";
import { createApiContext } from "~/server/api/context";
import { createCaller } from "~/server/api/root";
import { totpFactors, users } from "~/server/db/schema/access";
import { journalEntries } from "~/server/db/schema/journal";
import { outgoingMails } from "~/server/db/schema/mail";
import { cookieSecret } from "~/server/secrets/app-key";
import { saveSetting } from "~/server/settings/save-setting";
import { later, testDatabase } from "~tests/support/database";
import {
  codeAt,
  confirmed,
  ctxOf,
  PEER,
  signedInPerson,
  signInAgain,
  withTotp,
} from "~tests/support/signed-in";

/** One time step later: the code of setting up is spent. */
const NEXT = later({ seconds: 30 });

async function world() {
  const database = await testDatabase();
  const person = await withTotp(database, await signedInPerson(database));
  return { database, person };
}

const show = (ctx: Awaited<ReturnType<typeof ctxOf>>, code: string) =>
  showSecondFactor(ctx, { shown: { kind: "totp", code }, peer: PEER });

describe("an authenticator app", () => {
  it("counts only after its first code, which it does not take a second time", async () => {
    const database = await testDatabase();
    const person = await signedInPerson(database);
    const ctx = await ctxOf(database, person.signInId);
    const { secret, uri } = await beginTotp(ctx);
    expect(uri).toMatch(/^otpauth:\/\/totp\/Borg%20Backup%20Server:/);
    expect(uri).toContain(secret);
    expect((await ctxOf(database, person.signInId)).actor).toMatchObject({ standing: "whole" });
    await expect(confirmTotp(ctx, { code: "000000" })).rejects.toMatchObject({ code: "invalid-input" });
    const code = await codeAt(secret);
    const { signInId } = await confirmTotp(ctx, { code });
    expect((await ctxOf(database, signInId)).actor).toMatchObject({ standing: "whole" });
    expect(await spendTotp(ctx, { userId: person.userId, code })).toBe(false);
    expect(
      await spendTotp({ ...ctx, now: NEXT }, { userId: person.userId, code: await codeAt(secret, NEXT) }),
    ).toBe(true);
  });

  it("is begun anew as often as one likes, but never over one that counts, and forgotten after a quarter of an hour", async () => {
    const database = await testDatabase();
    const person = await signedInPerson(database);
    const ctx = await ctxOf(database, person.signInId);
    const first = await beginTotp(ctx);
    const second = await beginTotp(ctx);
    await expect(confirmTotp(ctx, { code: await codeAt(first.secret) })).rejects.toMatchObject({
      code: "invalid-input",
    });
    const late = later({ minutes: 15 });
    const lateCtx = confirmed(await ctxOf(database, person.signInId, late));
    await expect(confirmTotp(lateCtx, { code: await codeAt(second.secret, late) })).rejects.toMatchObject({
      code: "invalid-input",
    });
    const { signInId } = await confirmTotp(ctx, { code: await codeAt(second.secret) });
    await expect(beginTotp(await ctxOf(database, signInId))).rejects.toMatchObject({
      code: "already-set-up",
    });
  });

  it("is demanded at once of every other sign-in of that person, and at the next ones", async () => {
    const database = await testDatabase();
    const person = await signedInPerson(database);
    const elsewhere = await signInAgain(database, person);
    await withTotp(database, person);
    expect((await ctxOf(database, elsewhere)).actor).toMatchObject({ standing: "second-factor-missing" });
    const next = await signInAgain(database, person);
    expect((await ctxOf(database, next)).actor).toMatchObject({ standing: "second-factor-missing" });
  });

  it("makes a sign-in whole with the code of now, of the step before and of the one after", async () => {
    const { database, person } = await world();
    for (const [i, seconds] of [-30, 0, 30].entries()) {
      const at = later({ minutes: 2 * (i + 1) });
      const signInId = await signInAgain(database, { ...person, now: at });
      const code = await codeAt(person.secret, later({ seconds }, at));
      const raised = await show(await ctxOf(database, signInId, at), code);
      expect((await ctxOf(database, raised.signInId, at)).actor).toMatchObject({
        standing: "whole",
        confirmedAt: at,
      });
    }
  });

  it("refuses wrong, old, malformed and replayed codes in the same words, and journals each", async () => {
    const { database, person } = await world();
    const at = later({ minutes: 5 });
    const signInId = await signInAgain(database, { ...person, now: at });
    const used = await codeAt(person.secret, at);
    await show(await ctxOf(database, signInId, at), used);
    const again = await signInAgain(database, { ...person, now: at });
    const ctx = await ctxOf(database, again, at);
    const wrong = [
      used,
      await codeAt(person.secret, later({ minutes: 4 })),
      "12345",
      "abcdef",
      "",
      "1".repeat(40),
    ];
    for (const code of wrong) {
      await expect(show(ctx, code)).rejects.toMatchObject({
        code: "sign-in-failed",
        say: "This code is wrong, too old, or was used already. Wait for the next one.",
      });
    }
    const failed = await ctx.db
      .select()
      .from(journalEntries)
      .where(eq(journalEntries.action, "second-factor.failed"));
    expect(failed).toHaveLength(wrong.length);
    expect(failed[0]).toMatchObject({
      actorId: person.userId,
      detail: { userId: person.userId, address: PEER },
    });
  });

  it("takes one code once when it is shown 50 times at once", async () => {
    const { database, person } = await world();
    const code = await codeAt(person.secret, NEXT);
    const ctx = database.nobodyCtx(NEXT);
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => spendTotp(ctx, { userId: person.userId, code })),
    );
    expect(answers.filter(Boolean)).toHaveLength(1);
  });

  it("never goes back behind the last code that was taken, also when the clock does", async () => {
    const { database, person } = await world();
    const at = later({ minutes: 10 });
    const spend = async (now: Date, codeOf: Date) =>
      spendTotp(database.nobodyCtx(now), {
        userId: person.userId,
        code: await codeAt(person.secret, codeOf),
      });
    expect(await spend(at, later({ seconds: 30 }, at))).toBe(true);
    expect(await spend(at, at)).toBe(false);
    expect(await spend(later({ minutes: 5 }), later({ minutes: 5 }))).toBe(false);
    expect(await spend(later({ seconds: 60 }, at), later({ seconds: 60 }, at))).toBe(true);
  });

  it("allows ten tries in five minutes by account and by address, then none, also the right one", async () => {
    const { database, person } = await world();
    const signInId = await signInAgain(database, { ...person, now: NEXT });
    const ctx = await ctxOf(database, signInId, NEXT);
    const codes = await Promise.all(
      Array.from({ length: 25 }, (_, i) =>
        showSecondFactor(ctx, { shown: { kind: "totp", code: "000000" }, peer: `198.51.100.${i}` }).catch(
          (error) => error.code,
        ),
      ),
    );
    expect(codes.filter((code) => code === "sign-in-failed")).toHaveLength(10);
    expect(codes.filter((code) => code === "rate-limited")).toHaveLength(15);
    const right = await codeAt(person.secret, NEXT);
    await expect(show(ctx, right)).rejects.toMatchObject({ code: "rate-limited" });
    const after = later({ minutes: 6 });
    await expect(
      show(await ctxOf(database, signInId, after), await codeAt(person.secret, after)),
    ).resolves.toMatchObject({ signInId: expect.any(String) });
  });

  it("stores its secret sealed, and a ciphertext of somebody else does not open", async () => {
    const { database, person } = await world();
    const other = await withTotp(database, await signedInPerson(database));
    const rows = await database.pool.db.select().from(totpFactors);
    expect(JSON.stringify(rows)).not.toContain(person.secret);
    const stolen = rows.find((row) => row.userId === other.userId)?.secretSealed ?? "";
    await database.pool.db
      .update(totpFactors)
      .set({ secretSealed: stolen })
      .where(eq(totpFactors.userId, person.userId));
    await expect(
      spendTotp(database.nobodyCtx(NEXT), { userId: person.userId, code: await codeAt(other.secret, NEXT) }),
    ).rejects.toThrow(/does not open/);
  });

  it("is removed only freshly confirmed; its owner is told by mail, and the password alone is enough then", async () => {
    const { database, person } = await world();
    const stale = await ctxOf(database, person.signInId, later({ minutes: 6 }));
    await expect(removeTotp(stale)).rejects.toMatchObject({ code: "confirmation-needed" });
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
    await removeTotp(await ctxOf(database, person.signInId));
    expect(await stale.db.select().from(outgoingMails)).toMatchObject([{ recipient: person.email }]);
    const next = await signInAgain(database, person);
    expect((await ctxOf(database, next)).actor).toMatchObject({ standing: "whole" });
    const actions = (await stale.db.select().from(journalEntries)).map(({ action }) => action);
    expect(actions).toEqual(expect.arrayContaining(["second-factor.added", "second-factor.removed"]));
  });

  it("is not added by somebody who has one and has not shown it", async () => {
    const { database, person } = await world();
    await database.pool.db.delete(totpFactors).where(eq(totpFactors.userId, person.userId));
    const again = await withTotp(database, person);
    const half = await signInAgain(database, again);
    const ctx = await ctxOf(database, half);
    await expect(beginTotp(ctx)).rejects.toMatchObject({ code: "second-factor-needed" });
    await expect(confirmTotp(ctx, { code: "123456" })).rejects.toMatchObject({
      code: "second-factor-needed",
    });
    await expect(removeTotp({ ...ctx, actor: { kind: "nobody" } })).rejects.toMatchObject({
      code: "forbidden",
    });
  });
});

describe("the second step of a sign-in", () => {
  it("gives a new cookie; the one from before the step is worth nothing any more", async () => {
    const database = await testDatabase();
    const now = new Date();
    const begun = await signedInPerson(database, { now });
    const person = await withTotp(database, begun, now);
    const stolen = await signInAgain(database, { ...person, now });
    const answer = new Headers();
    const caller = createCaller(await createApiContext(await cookieOf(stolen), answer));
    await expect(caller.me.get()).rejects.toMatchObject({ cause: { code: "second-factor-needed" } });
    await caller.signInSteps.showTotp({ code: await codeAt(person.secret, later({ seconds: 30 }, now)) });
    const given = answer.get("set-cookie") ?? "";
    expect(given).toMatch(/^__Host-bbs\.sign-in=.+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax; Secure$/);
    const [pair = ""] = given.split(";");
    const whole = createCaller(await createApiContext(new Headers({ cookie: pair })));
    expect(await whole.me.get()).toMatchObject({ id: person.userId });
    expect(await findSignIn(database.nobodyCtx(new Date()), stolen)).toBeNull();
    const thief = await createApiContext(await cookieOf(stolen));
    expect(thief.actor).toEqual({ kind: "nobody" });
  });

  it("is nobody else's: a disabled account and an ended sign-in get no further", async () => {
    const { database, person } = await world();
    const signInId = await signInAgain(database, { ...person, now: NEXT });
    const ctx = await ctxOf(database, signInId, NEXT);
    await ctx.db.update(users).set({ disabledAt: NEXT }).where(eq(users.id, person.userId));
    const late = await ctxOf(database, signInId, NEXT);
    await expect(show(late, await codeAt(person.secret, NEXT))).rejects.toMatchObject({ code: "forbidden" });
  });
});

async function cookieOf(sid: string): Promise<Headers> {
  return new Headers({
    cookie: `__Host-bbs.sign-in=${await encode({ token: { sid }, secret: cookieSecret() })}`,
  });
}
