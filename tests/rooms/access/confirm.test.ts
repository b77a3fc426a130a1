import { describe, expect, it } from "vitest";
import { addPasskey, beginPasskeyRegistration } from "~/server/access/add-passkey";
import { beginOwnPasskey } from "~/server/access/begin-passkey";
import { confirmWays, confirmWithPassword, confirmWithSecondFactor } from "~/server/access/confirm";
import { demandConfirmed } from "~/server/access/demand-confirmed";
import type { Ctx } from "~/server/context";
import { later, testDatabase } from "~tests/support/database";
import { personActor } from "~tests/support/person";
import { codeAt, ctxOf, PASSWORD, PEER, signedInPerson, withTotp } from "~tests/support/signed-in";
import { SoftwarePasskey } from "~tests/support/software-passkey";

/** When the confirmation that a sign-in brings has run out. */
const LATER = later({ minutes: 5 });

const isConfirmed = (ctx: Ctx) => {
  try {
    demandConfirmed(ctx);
    return true;
  } catch {
    return false;
  }
};

describe("a confirmation", () => {
  it("comes with the sign-in, holds five minutes, and no longer for a clock that went back", async () => {
    const database = await testDatabase();
    const { signInId } = await signedInPerson(database);
    expect(isConfirmed(await ctxOf(database, signInId))).toBe(true);
    expect(isConfirmed(await ctxOf(database, signInId, later({ seconds: 299 })))).toBe(true);
    expect(isConfirmed(await ctxOf(database, signInId, LATER))).toBe(false);
    expect(isConfirmed(await ctxOf(database, signInId, later({ seconds: -1 })))).toBe(false);
  });

  it("is the password's for somebody without a second factor", async () => {
    const database = await testDatabase();
    const { signInId } = await signedInPerson(database);
    const ctx = await ctxOf(database, signInId, LATER);
    expect(await confirmWays(ctx)).toEqual({ password: true, totp: false, passkey: false });
    await expect(confirmWithPassword(ctx, { password: "wrong", peer: PEER })).rejects.toMatchObject({
      code: "sign-in-failed",
    });
    expect(isConfirmed(await ctxOf(database, signInId, LATER))).toBe(false);
    await confirmWithPassword(ctx, { password: PASSWORD, peer: PEER });
    expect(isConfirmed(await ctxOf(database, signInId, LATER))).toBe(true);
  });

  it("is the second factor's for somebody who has one: the password is refused", async () => {
    const database = await testDatabase();
    const person = await withTotp(database, await signedInPerson(database));
    const ctx = await ctxOf(database, person.signInId, LATER);
    expect(await confirmWays(ctx)).toEqual({ password: false, totp: true, passkey: false });
    await expect(confirmWithPassword(ctx, { password: PASSWORD, peer: PEER })).rejects.toMatchObject({
      code: "forbidden",
    });
    const shown = { kind: "totp", code: await codeAt(person.secret, LATER) } as const;
    await confirmWithSecondFactor(ctx, { shown, peer: PEER });
    expect(isConfirmed(await ctxOf(database, person.signInId, LATER))).toBe(true);
    await expect(confirmWithSecondFactor(ctx, { shown, peer: PEER })).rejects.toMatchObject({
      code: "sign-in-failed",
    });
  });

  it("is a passkey's, which keeps the sign-in's id", async () => {
    const database = await testDatabase();
    const person = await signedInPerson(database);
    const first = await ctxOf(database, person.signInId);
    const key = new SoftwarePasskey("https://backup.example.test:3000");
    const begun = await beginPasskeyRegistration(first);
    const { signInId } = await addPasskey(first, {
      challengeId: begun.challengeId,
      name: "key",
      response: key.make(begun.options),
    });
    const ctx = await ctxOf(database, signInId, LATER);
    expect(await confirmWays(ctx)).toEqual({ password: false, totp: false, passkey: true });
    const { challengeId, options } = await beginOwnPasskey(ctx, person);
    const shown = { kind: "passkey", challengeId, response: key.show(options) } as const;
    await confirmWithSecondFactor(ctx, { shown, peer: PEER });
    expect(isConfirmed(await ctxOf(database, signInId, LATER))).toBe(true);
  });

  it("is a new sign-in for somebody who has neither password nor second factor", async () => {
    const database = await testDatabase();
    const { signInId } = await signedInPerson(database, { by: "oidc" });
    const ctx = await ctxOf(database, signInId, LATER);
    expect(await confirmWays(ctx)).toEqual({ password: false, totp: false, passkey: false });
    await expect(confirmWithPassword(ctx, { password: "", peer: PEER })).rejects.toMatchObject({
      code: "sign-in-failed",
    });
  });

  it("cannot be guessed: ten tries in five minutes", async () => {
    const database = await testDatabase();
    const { signInId } = await signedInPerson(database);
    const ctx = await ctxOf(database, signInId, LATER);
    const codes = await Promise.all(
      Array.from({ length: 15 }, (_, i) =>
        confirmWithPassword(ctx, { password: `guess ${i}`, peer: `198.51.100.${i}` }).catch(
          (error) => error.code,
        ),
      ),
    );
    expect(codes.filter((code) => code === "sign-in-failed")).toHaveLength(10);
    expect(codes.filter((code) => code === "rate-limited")).toHaveLength(5);
  });

  it("is no token's to give: it has no sign-in to confirm", async () => {
    const database = await testDatabase();
    const actor = personActor({ via: "token", signInId: null, scopes: ["view"] });
    await expect(confirmWays(database.ctx({ actor }))).rejects.toMatchObject({ code: "forbidden" });
  });
});
