import { hash } from "@node-rs/bcrypt";
import { and, eq, isNull } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { parseRecoveryCode } from "~/domain/recovery-code";
import { makeRecoveryCodes } from "~/server/access/make-recovery-codes";
import { removeTotp } from "~/server/access/remove-totp";
import { showSecondFactor } from "~/server/access/show-second-factor";
import { spendRecoveryCode } from "~/server/access/spend-recovery-code";
import type { Ctx } from "~/server/context";
import { newId } from "~/server/db/new-id";
import { recoveryCodes } from "~/server/db/schema/access";
import { journalEntries } from "~/server/db/schema/journal";
import { later, testDatabase } from "~tests/support/database";
import { ctxOf, PEER, signedInPerson, signInAgain, withTotp } from "~tests/support/signed-in";

/** Somebody with three codes that are cheap to compare; {@link withMadeCodes} where it matters how they were made. */
async function world() {
  const { database, person, ctx } = await enrolled();
  const codes = ["abcde-fghjkmnpqr", "bcdef-ghjkmnpqrs", "cdefg-hjkmnpqrst"];
  const rows = codes.map(async (code) => ({
    ...{ id: newId(), userId: person.userId, lookup: code.slice(0, 5), createdAt: ctx.now },
    codeHash: await hash(code, { cost: 4 }),
  }));
  await ctx.db.insert(recoveryCodes).values(await Promise.all(rows));
  return { database, person, ctx, codes, first: codes[0] ?? "" };
}

async function withMadeCodes() {
  const { database, person, ctx } = await enrolled();
  return { database, person, ctx, ...(await makeRecoveryCodes(ctx)) };
}

async function enrolled() {
  const database = await testDatabase();
  const person = await withTotp(database, await signedInPerson(database));
  return { database, person, ctx: await ctxOf(database, person.signInId) };
}

const show = (ctx: Ctx, code: string, peer = PEER) =>
  showSecondFactor(ctx, { shown: { kind: "recovery-code", code }, peer });

describe("recovery codes", () => {
  it("are ten, of 15 letters that cannot be mistaken, stored as bcrypt hashes only", async () => {
    const { ctx, codes } = await withMadeCodes();
    expect(codes).toHaveLength(10);
    expect(new Set(codes.map((code) => code.slice(0, 5))).size).toBe(10);
    for (const code of codes) expect(code).toMatch(/^[2-9a-hjkmnp-z]{5}-[2-9a-hjkmnp-z]{10}$/);
    const stored = JSON.stringify(await ctx.db.select().from(recoveryCodes));
    for (const code of codes) expect(stored).not.toContain(code.slice(6));
    expect(stored.match(/\$2b\$12\$/g)).toHaveLength(10);
    expect(JSON.stringify(await ctx.db.select().from(journalEntries))).not.toContain(codes[0]?.slice(6));
  });

  it("make a sign-in whole once, however they are typed", async () => {
    const { database, person, first } = await world();
    const typed = ` ${first.toUpperCase().replace("-", " ")} `;
    const raised = await show(await ctxOf(database, await signInAgain(database, person)), typed);
    expect((await ctxOf(database, raised.signInId)).actor).toMatchObject({ standing: "whole" });
    const again = await ctxOf(database, await signInAgain(database, person));
    await expect(show(again, first)).rejects.toMatchObject({
      code: "sign-in-failed",
      say: "This recovery code is wrong or was used already.",
    });
    const used = await again.db
      .select()
      .from(journalEntries)
      .where(eq(journalEntries.action, "recovery-codes.used"));
    expect(used).toMatchObject([{ actorId: person.userId, detail: { left: 2 } }]);
  });

  it("are taken once when one is shown 50 times at once", async () => {
    const { ctx, person, first } = await world();
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => spendRecoveryCode(ctx, { userId: person.userId, code: first })),
    );
    expect(answers.filter(Boolean)).toHaveLength(1);
    const left = await ctx.db.select().from(recoveryCodes).where(isNull(recoveryCodes.usedAt));
    expect(left).toHaveLength(2);
  });

  it("are limited before anything is hashed: of 50 at once ten are looked at, one gets in", async () => {
    const { database, person, first } = await world();
    const ctx = await ctxOf(database, await signInAgain(database, person));
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        show(ctx, first, `198.51.100.${i}`).then(
          () => "in",
          (error) => error.code,
        ),
      ),
    );
    expect(answers.filter((answer) => answer === "in")).toHaveLength(1);
    const looked = answers.filter((answer) => answer !== "rate-limited");
    // Whoever got in made the account's count start again, so up to ten more were looked at.
    expect(looked.length).toBeLessThanOrEqual(20);
  });

  it("of somebody else, of an unknown lookup, with a wrong end or malformed are refused alike", async () => {
    const { database, person, codes, first } = await world();
    const other = await withTotp(database, await signedInPerson(database));
    const ctx = await ctxOf(database, await signInAgain(database, other));
    const own = await ctxOf(database, await signInAgain(database, person));
    const wrongEnd = `${first.slice(0, 6)}${codes[1]?.slice(6)}`;
    for (const [who, code] of [
      [ctx, first],
      [own, "zzzzz-zzzzzzzzzz"],
      [own, wrongEnd],
      [own, "short"],
      [own, ""],
    ] as const) {
      await expect(show(who, code)).rejects.toMatchObject({
        code: "sign-in-failed",
        say: "This recovery code is wrong or was used already.",
      });
    }
  });

  it("take as long for a lookup that there is not", async () => {
    const { ctx, person, first } = await world();
    const codeHash = await hash(first, { cost: 12 });
    await ctx.db
      .update(recoveryCodes)
      .set({ codeHash })
      .where(eq(recoveryCodes.lookup, first.slice(0, 5)));
    /** The fastest of three: what the work takes when nothing else runs. */
    const timed = async (code: string) => {
      const all: number[] = [];
      for (let i = 0; i < 3; i++) {
        const begin = performance.now();
        await spendRecoveryCode(ctx, { userId: person.userId, code });
        all.push(performance.now() - begin);
      }
      return Math.min(...all);
    };
    await timed("zzzzz-2222222222");
    const known = await timed(`${first.slice(0, 6)}${"2".repeat(10)}`);
    const unknown = await timed("zzzzz-2222222222");
    expect(unknown).toBeGreaterThan(known / 2);
    expect(known).toBeGreaterThan(unknown / 2);
  });

  it("are made anew only freshly confirmed; the old ones die", async () => {
    const { database, ctx, person, first } = await world();
    const stale = await ctxOf(database, person.signInId, later({ minutes: 6 }));
    await expect(makeRecoveryCodes(stale)).rejects.toMatchObject({ code: "confirmation-needed" });
    const { codes } = await makeRecoveryCodes(ctx);
    expect(await spendRecoveryCode(ctx, { userId: person.userId, code: first })).toBe(false);
    expect(await spendRecoveryCode(ctx, { userId: person.userId, code: codes[9] ?? "" })).toBe(true);
  });

  it("leave one whole set when two ask for them at once", async () => {
    const { ctx, person } = await world();
    await Promise.all([makeRecoveryCodes(ctx), makeRecoveryCodes(ctx)]);
    const left = await ctx.db
      .select()
      .from(recoveryCodes)
      .where(and(eq(recoveryCodes.userId, person.userId), isNull(recoveryCodes.usedAt)));
    expect(left).toHaveLength(10);
  });

  it("stand in for a factor only: without one there are none, and they go with the last", async () => {
    const { database, ctx, person, first } = await world();
    await removeTotp(ctx);
    expect(await ctx.db.select().from(recoveryCodes)).toEqual([]);
    expect(await spendRecoveryCode(ctx, { userId: person.userId, code: first })).toBe(false);
    const plain = await signedInPerson(database);
    await expect(makeRecoveryCodes(await ctxOf(database, plain.signInId))).rejects.toMatchObject({
      code: "not-found",
    });
  });
});

describe("what is typed as a recovery code", () => {
  it("is read without blanks, dashes and case, and only in its own letters", () => {
    const read = { lookup: "abcde", code: "abcde-fghjkmnpqr" };
    expect(parseRecoveryCode("ABCDE fghjk-mnpqr ")).toEqual(read);
    for (const wrong of [
      "",
      "abcde",
      "abcde-fghjkmnpq",
      "abcde-fghjkmnpqrs",
      "abcde-fghjkmnpq0",
      "abcde-fghijkmnpq",
    ])
      expect(parseRecoveryCode(wrong)).toBeNull();
  });
});
