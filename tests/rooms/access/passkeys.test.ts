import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { addPasskey, beginPasskeyRegistration } from "~/server/access/add-passkey";
import { beginOwnPasskey, beginPasskeySignIn } from "~/server/access/begin-passkey";
import { removePasskey, renamePasskey } from "~/server/access/change-passkey";
import { checkPasskey } from "~/server/access/check-passkey";
import { findPasskeyParty } from "~/server/access/passkey-party";
import { showSecondFactor } from "~/server/access/show-second-factor";
import { signInWithPasskey } from "~/server/access/sign-in-with-passkey";
import { passkeyAnswer } from "~/server/api/passkey-input";
import { passkeyChallenges, passkeys, signIns, users } from "~/server/db/schema/access";
import { journalEntries } from "~/server/db/schema/journal";
import { saveSetting } from "~/server/settings/save-setting";
import { later, testDatabase } from "~tests/support/database";
import { ctxOf, PEER, signedInPerson, signInAgain, withTotp } from "~tests/support/signed-in";
import { SoftwarePasskey, type Twist } from "~tests/support/software-passkey";

const ORIGIN = "https://backup.example.test:3000";
type Database = Awaited<ReturnType<typeof testDatabase>>;

async function withPasskey(database: Database) {
  const person = await signedInPerson(database);
  const ctx = await ctxOf(database, person.signInId);
  const key = new SoftwarePasskey(ORIGIN);
  const { challengeId, options } = await beginPasskeyRegistration(ctx);
  const added = await addPasskey(ctx, { challengeId, name: "laptop", response: key.make(options) });
  return { ...person, signInId: added.signInId, key };
}

async function world() {
  const database = await testDatabase();
  const person = await withPasskey(database);
  const nobody = database.nobodyCtx();
  const begin = () => beginPasskeySignIn(nobody, { peer: PEER });
  const signIn = async (twist: Twist = {}, peer = PEER) => {
    const { challengeId, options } = await begin();
    const response = person.key.show(options, twist);
    return signInWithPasskey(nobody, { challengeId, response, peer, device: "a browser" });
  };
  return { database, person, nobody, begin, signIn };
}

describe("where passkeys can work", () => {
  it("is told by APP_URL alone: a host name and https, or localhost", () => {
    expect(findPasskeyParty("https://backup.example.test:3000/")).toEqual({
      rpId: "backup.example.test",
      origin: ORIGIN,
    });
    expect(findPasskeyParty("http://localhost:3000")).toEqual({
      rpId: "localhost",
      origin: "http://localhost:3000",
    });
    for (const url of ["https://192.0.2.1", "https://[2001:db8::1]:3000", "http://backup.example.test"])
      expect(findPasskeyParty(url)).toBeNull();
  });
});

describe("a passkey", () => {
  it("asks for one that can be found and verifies the person, and not for one that is known", async () => {
    const { database, person } = await world();
    const { options } = await beginPasskeyRegistration(await ctxOf(database, person.signInId));
    expect(options).toMatchObject({
      rp: { id: "backup.example.test" },
      authenticatorSelection: { residentKey: "required", userVerification: "required" },
      excludeCredentials: [{ id: person.key.id.toString("base64url") }],
    });
    expect(Buffer.from(options.user.id, "base64url").toString()).toBe(person.userId);
  });

  it("is a whole sign-in: both factors, freshly confirmed", async () => {
    const { database, person, signIn } = await world();
    const { signInId } = await signIn();
    const { actor, now } = await ctxOf(database, signInId);
    expect(actor).toMatchObject({ userId: person.userId, standing: "whole", confirmedAt: now });
    const [row] = await database.pool.db.select().from(signIns).where(eq(signIns.id, signInId));
    expect(row).toMatchObject({ by: "passkey", secondFactorAt: now });
    const entries = await database.pool.db.select().from(journalEntries);
    expect(entries.at(-1)).toMatchObject({
      action: "sign-in",
      actorId: person.userId,
      detail: { by: "passkey" },
    });
  });

  it("is a second factor for its own person only", async () => {
    const { database, person } = await world();
    const half = await ctxOf(database, await signInAgain(database, person));
    expect(half.actor).toMatchObject({ standing: "second-factor-missing" });
    const other = await withPasskey(database);
    const { challengeId, options } = await beginOwnPasskey(half, person);
    expect(options.allowCredentials).toMatchObject([{ id: person.key.id.toString("base64url") }]);
    const foreign = { kind: "passkey", challengeId, response: other.key.show(options) } as const;
    await expect(showSecondFactor(half, { shown: foreign, peer: PEER })).rejects.toMatchObject({
      code: "sign-in-failed",
    });
    const again = await beginOwnPasskey(half, person);
    const own = {
      kind: "passkey",
      challengeId: again.challengeId,
      response: person.key.show(again.options),
    } as const;
    const { signInId } = await showSecondFactor(half, { shown: own, peer: PEER });
    expect((await ctxOf(database, signInId)).actor).toMatchObject({ standing: "whole" });
  });

  it("is refused with anything about it that is not as it was asked", async () => {
    const { signIn } = await world();
    const wrong: [string, Twist][] = [
      ["another origin", { origin: "https://backup.example.test.evil.test" }],
      ["another host", { rpId: "evil.test" }],
      ["another challenge", { challenge: Buffer.alloc(32).toString("base64url") }],
      ["a person who was not verified", { unverified: true }],
      ["another kind of ceremony", { type: "webauthn.create" }],
      ["somebody else's name", { userHandle: Buffer.from("somebodyelse1234").toString("base64url") }],
      ["nobody's name", { userHandle: "" }],
    ];
    for (const [i, [what, twist]] of wrong.entries()) {
      await expect(signIn(twist, `198.51.100.${i}`), what).rejects.toMatchObject({ code: "sign-in-failed" });
      await expect(signIn(), `after ${what}`).resolves.toMatchObject({ signInId: expect.any(String) });
    }
  });

  it("is refused when another key signed", async () => {
    const { person, begin, nobody } = await world();
    const { challengeId, options } = await begin();
    const forged = new SoftwarePasskey(ORIGIN).show(options, { userHandle: person.key.userHandle });
    const id = person.key.id.toString("base64url");
    await expect(
      signInWithPasskey(nobody, {
        challengeId,
        response: { ...forged, id, rawId: id },
        peer: PEER,
        device: null,
      }),
    ).rejects.toMatchObject({ code: "sign-in-failed" });
  });

  it("is refused when its counter does not go on: somebody has a copy", async () => {
    const { signIn } = await world();
    await signIn({ counter: 7 });
    await expect(signIn({ counter: 7 })).rejects.toMatchObject({ code: "sign-in-failed" });
    await expect(signIn({ counter: 3 })).rejects.toMatchObject({ code: "sign-in-failed" });
    await expect(signIn({ counter: 0 })).rejects.toMatchObject({ code: "sign-in-failed" });
    await expect(signIn({ counter: 8 })).resolves.toMatchObject({ signInId: expect.any(String) });
  });

  it("may be one that does not count", async () => {
    const { signIn } = await world();
    await signIn({ counter: 0 });
    await expect(signIn({ counter: 0 })).resolves.toMatchObject({ signInId: expect.any(String) });
  });

  it("answers a challenge once, also when the answer comes 50 times at once", async () => {
    const { person, begin, nobody } = await world();
    const { challengeId, options } = await begin();
    const response = person.key.show(options, { counter: 0 });
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => checkPasskey(nobody, { challengeId, userId: null, response })),
    );
    expect(answers.filter((answer) => answer !== null)).toHaveLength(1);
  });

  it("answers only what was asked, of whom it was asked, within five minutes", async () => {
    const { database, person, begin, nobody } = await world();
    const ctx = await ctxOf(database, person.signInId);
    const forSignIn = await begin();
    const asFactor = { challengeId: forSignIn.challengeId, userId: person.userId };
    expect(await checkPasskey(ctx, { ...asFactor, response: person.key.show(forSignIn.options) })).toBeNull();
    const forFactor = await beginOwnPasskey(ctx, person);
    const asSignIn = { challengeId: forFactor.challengeId, userId: null };
    expect(
      await checkPasskey(nobody, { ...asSignIn, response: person.key.show(forFactor.options) }),
    ).toBeNull();
    const old = await begin();
    const late = database.nobodyCtx(later({ minutes: 5 }));
    const asked = { challengeId: old.challengeId, userId: null };
    expect(await checkPasskey(late, { ...asked, response: person.key.show(old.options) })).toBeNull();
    await beginPasskeySignIn(database.nobodyCtx(later({ minutes: 11 })), { peer: PEER });
    expect(await late.db.select().from(passkeyChallenges)).toHaveLength(1);
  });

  it("does not register with a challenge of another purpose, from another origin, unverified, or twice", async () => {
    const { database, person, begin } = await world();
    const ctx = await ctxOf(database, person.signInId);
    const key = new SoftwarePasskey(ORIGIN);
    const name = "phone";
    const wrong: Twist[] = [{ origin: "https://evil.test" }, { rpId: "evil.test" }, { unverified: true }];
    for (const twist of wrong) {
      const { challengeId, options } = await beginPasskeyRegistration(ctx);
      await expect(
        addPasskey(ctx, { challengeId, name, response: key.make(options, twist) }),
      ).rejects.toMatchObject({ code: "invalid-input" });
    }
    const { options } = await beginPasskeyRegistration(ctx);
    const { challengeId } = await begin();
    await expect(addPasskey(ctx, { challengeId, name, response: key.make(options) })).rejects.toMatchObject({
      code: "invalid-input",
    });
    const known = await beginPasskeyRegistration(ctx);
    await expect(
      addPasskey(ctx, {
        challengeId: known.challengeId,
        name,
        response: person.key.make(known.options),
      }),
    ).rejects.toMatchObject({ code: "name-taken" });
  });

  it("is renamed and removed by its own person only, the latter freshly confirmed", async () => {
    const { database, person, signIn } = await world();
    const ctx = await ctxOf(database, person.signInId);
    const [{ id } = { id: "" }] = await ctx.db.select().from(passkeys);
    const other = await withTotp(database, await signedInPerson(database));
    const otherCtx = await ctxOf(database, other.signInId);
    await expect(renamePasskey(otherCtx, { id, name: "mine" })).rejects.toMatchObject({ code: "not-found" });
    await expect(removePasskey(otherCtx, { id })).rejects.toMatchObject({ code: "not-found" });
    await renamePasskey(ctx, { id, name: "old laptop" });
    expect(await ctx.db.select().from(passkeys)).toMatchObject([{ name: "old laptop" }]);
    const stale = await ctxOf(database, person.signInId, later({ minutes: 6 }));
    await expect(removePasskey(stale, { id })).rejects.toMatchObject({ code: "confirmation-needed" });
    await removePasskey(ctx, { id });
    await expect(signIn()).rejects.toMatchObject({ code: "sign-in-failed" });
    const actions = (await ctx.db.select().from(journalEntries)).map(({ action }) => action);
    expect(actions).toEqual(
      expect.arrayContaining(["passkey.added", "passkey.renamed", "passkey.removed", "sign-in.failed"]),
    );
  });

  it("of a disabled account does not sign in, nor does any where local sign-in is off", async () => {
    const { database, person, signIn } = await world();
    await database.pool.db
      .update(users)
      .set({ disabledAt: later({}) })
      .where(eq(users.id, person.userId));
    await expect(signIn()).rejects.toMatchObject({ code: "sign-in-failed" });
    await database.pool.db.update(users).set({ disabledAt: null }).where(eq(users.id, person.userId));
    await expect(signIn()).resolves.toBeTruthy();
    await saveSetting(database.ctx(), {
      name: "sign-in",
      value: { requireSecondFactor: false, idleMinutes: 60, absoluteHours: 24, localSignIn: false },
    });
    await expect(signIn()).rejects.toMatchObject({ code: "forbidden" });
  });

  it("is tried five times in five minutes from one address, then refused unseen", async () => {
    const { signIn } = await world();
    const codes: string[] = [];
    for (let i = 0; i < 7; i++) {
      codes.push(await signIn({ unverified: true }).then(String, (error) => error.code));
    }
    expect(codes.filter((code) => code === "sign-in-failed")).toHaveLength(5);
    await expect(signIn()).rejects.toMatchObject({ code: "rate-limited" });
  });
});

describe("what a browser sends for a passkey", () => {
  it("is read as far as it is needed; odd shapes are refused, more is dropped", async () => {
    const { person, begin } = await world();
    const { options } = await begin();
    const right = person.key.show(options);
    expect(passkeyAnswer.parse({ ...right, more: 1, authenticatorAttachment: "platform" })).toEqual(right);
    for (const wrong of [
      {},
      { ...right, id: "not base64url!" },
      { ...right, type: "password" },
      { ...right, response: { ...right.response, signature: 7 } },
      { ...right, response: { ...right.response, signature: "A".repeat(20_001) } },
    ])
      expect(passkeyAnswer.safeParse(wrong).success).toBe(false);
  });
});
