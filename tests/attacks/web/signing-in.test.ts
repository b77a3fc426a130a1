import { hash } from "@node-rs/bcrypt";
import { encode } from "next-auth/jwt";
import { describe, expect, it } from "vitest";
import { endSignIn } from "~/server/access/end-sign-in";
import { findSignIn } from "~/server/access/find-sign-in";
import { showSecondFactor } from "~/server/access/show-second-factor";
import { signIn } from "~/server/access/sign-in";
import { spendRecoveryCode } from "~/server/access/spend-recovery-code";
import { spendTotp } from "~/server/access/spend-totp";
import { createApiContext } from "~/server/api/context";
import { createCaller } from "~/server/api/root";
import { newId } from "~/server/db/new-id";
import { recoveryCodes } from "~/server/db/schema/access";
import { later, type TestDatabase, testDatabase } from "~tests/support/database";
import {
  codeAt,
  ctxOf,
  PASSWORD,
  PEER,
  signedInPerson,
  signInAgain,
  withTotp,
} from "~tests/support/signed-in";

/** Somebody who wants to be somebody else, or to stay who they are no more. */
const NEXT = later({ seconds: 30 });

async function enrolled() {
  const database = await testDatabase();
  return { database, person: await withTotp(database, await signedInPerson(database)) };
}

const cookieOf = (token: string) => new Headers({ cookie: `__Host-bbs.sign-in=${token}` });
const actorOf = async (headers: Headers) => (await createApiContext(headers)).actor.kind;

/** A recovery code whose hash is quick to compare: what is tried here is not how long that takes. */
async function cheapCode(database: TestDatabase, person: string): Promise<string> {
  const code = "abcde-fghjkmnpqr";
  await database.pool.db.insert(recoveryCodes).values({
    ...{ id: newId(), userId: person, lookup: code.slice(0, 5), createdAt: later({}) },
    codeHash: await hash(code, { cost: 4 }),
  });
  return code;
}

describe("session", () => {
  it("fixation: a cookie planted before the second factor is worth nothing after it", async () => {
    const { database, person } = await enrolled();
    const planted = await signInAgain(database, { userId: person.userId, now: NEXT });
    const ctx = await ctxOf(database, planted, NEXT);
    const shown = { kind: "totp" as const, code: await codeAt(person.secret, NEXT) };
    const { signInId } = await showSecondFactor(ctx, { shown, peer: PEER });
    expect(signInId).not.toBe(planted);
    expect(await findSignIn(database.nobodyCtx(NEXT), planted)).toBeNull();
  });

  it("replay: the cookie of a sign-in that was ended", async () => {
    const { database, person } = await enrolled();
    await endSignIn(database.nobodyCtx(), person.signInId);
    expect((await ctxOf(database, person.signInId)).actor.kind).toBe("nobody");
  });

  it("forgery: a cookie sealed with another key, unsealed, or of no algorithm", async () => {
    const { person } = await enrolled();
    const sid = person.signInId;
    const other = await encode({ token: { sid }, secret: "another secret" });
    const bare = Buffer.from(JSON.stringify({ sid })).toString("base64url");
    const none = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${bare}.`;
    for (const token of [other, bare, none, sid]) expect(await actorOf(cookieOf(token))).toBe("nobody");
  });

  it("downgrade: an API token that is no good beside a good cookie", async () => {
    const { person } = await enrolled();
    const headers = cookieOf(person.signInId);
    headers.set("authorization", `Bearer bbs_${"A".repeat(43)}`);
    expect(await actorOf(headers)).toBe("nobody");
  });

  it("half a sign-in asks for everything, and gets nothing but its own steps", async () => {
    const { database, person } = await enrolled();
    const half = await ctxOf(database, await signInAgain(database, person));
    const caller = createCaller({ ...half, peer: PEER });
    for (const call of [
      () => caller.me.get(),
      () => caller.clients.list({ limit: 5 }),
      () => caller.tokens.list(),
      () => caller.secondFactor.state(),
      () => caller.account.sessions(),
    ])
      await expect(call()).rejects.toMatchObject({ cause: { code: "second-factor-needed" } });
    expect(await caller.signInSteps.state()).toBeTruthy();
  });

  it("a demoted, disabled or removed person goes on with an open browser", async () => {
    const database = await testDatabase();
    const person = await signedInPerson(database, { role: "admin" });
    const people = async () => {
      const ctx = await ctxOf(database, person.signInId);
      return createCaller({ ...ctx, peer: PEER })
        .people.list({ limit: 5 })
        .then(
          () => "let in",
          (error) => error.code,
        );
    };
    expect(await people()).toBe("let in");
    await database.pool.sql`update users set role = 'user' where id = ${person.userId}`;
    expect(await people()).toBe("FORBIDDEN");
    await database.pool.sql`update users set role = 'admin', disabled_at = now() where id = ${person.userId}`;
    expect(await people()).toBe("UNAUTHORIZED");
  });
});

describe("second factor", () => {
  it("replay: the same code again, alone and fifty times at once", async () => {
    const { database, person } = await enrolled();
    const ctx = database.nobodyCtx(NEXT);
    const code = await codeAt(person.secret, NEXT);
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => spendTotp(ctx, { userId: person.userId, code })),
    );
    expect(answers.filter(Boolean)).toHaveLength(1);
    expect(await spendTotp(ctx, { userId: person.userId, code })).toBe(false);
  });

  it("a code from before the last one, or from two minutes off", async () => {
    const { database, person } = await enrolled();
    const now = later({ minutes: 10 });
    const spend = async (at: Date) =>
      spendTotp(database.nobodyCtx(now), { userId: person.userId, code: await codeAt(person.secret, at) });
    expect(await spend(later({ minutes: 8 }))).toBe(false);
    expect(await spend(later({ minutes: 12 }))).toBe(false);
    expect(await spend(now)).toBe(true);
    expect(await spend(later({ minutes: 9, seconds: 30 }))).toBe(false);
  });

  it("guessing from ever new addresses, each with headers of its own making", async () => {
    const { database, person } = await enrolled();
    const half = await ctxOf(database, await signInAgain(database, person));
    const codes: string[] = [];
    for (let at = 0; at < 14; at++) {
      const shown = { kind: "totp" as const, code: String(100_000 + at) };
      const peer = `198.51.100.${at}`;
      codes.push(await showSecondFactor(half, { shown, peer }).catch((error) => error.code));
    }
    expect(codes.filter((code) => code === "sign-in-failed")).toHaveLength(10);
    expect(codes.at(-1)).toBe("rate-limited");
  });

  it("a recovery code, fifty times at once", async () => {
    const { database, person } = await enrolled();
    const ctx = await ctxOf(database, person.signInId);
    const code = await cheapCode(database, person.userId);
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => spendRecoveryCode(ctx, { userId: person.userId, code })),
    );
    expect(answers.filter(Boolean)).toHaveLength(1);
  });

  it("another person's recovery code", async () => {
    const { database, person } = await enrolled();
    const code = await cheapCode(database, person.userId);
    const other = await withTotp(database, await signedInPerson(database));
    const ctx = await ctxOf(database, other.signInId);
    expect(await spendRecoveryCode(ctx, { userId: other.userId, code })).toBe(false);
  });
});

describe("password", () => {
  const tried = (database: TestDatabase, email: string, password: string, peer: string) =>
    signIn(database.nobodyCtx(), { email, password, peer, device: null }).then(
      () => "let in",
      (error) => error.code,
    );

  it("guessing at one account from a hundred addresses", async () => {
    const { database, person } = await enrolled();
    const codes: string[] = [];
    for (let at = 0; at < 8; at++)
      codes.push(await tried(database, person.email, `wrong ${at}`, `198.51.100.${at}`));
    expect(codes.filter((code) => code === "sign-in-failed")).toHaveLength(5);
    expect(await tried(database, person.email, PASSWORD, "192.0.2.200")).toBe("rate-limited");
  });

  it("one guess at each of many accounts from one address, and from one IPv6 network", async () => {
    const { database } = await enrolled();
    for (const addressOf of [() => "198.51.100.1", (at: number) => `2001:db8:1:2:${at}::1`]) {
      const codes: string[] = [];
      for (let at = 0; at < 8; at++)
        codes.push(await tried(database, `somebody${at}@example.test`, "Summer2026", addressOf(at)));
      expect(codes.filter((code) => code === "sign-in-failed")).toHaveLength(5);
      expect(codes.at(-1)).toBe("rate-limited");
    }
  });

  it("signing in to an account of their own between guesses does not begin the count of the address anew", async () => {
    const { database, person } = await enrolled();
    const own = await signedInPerson(database);
    const codes: string[] = [];
    for (let at = 0; at < 12; at++) {
      codes.push(await tried(database, `victim${at}@example.test`, "Summer2026", "198.51.100.1"));
      if (at % 3 === 2) await tried(database, own.email, PASSWORD, "198.51.100.1");
    }
    expect(codes.filter((code) => code === "sign-in-failed")).toHaveLength(5);
    expect(await tried(database, person.email, PASSWORD, "198.51.100.2")).toBe("let in");
  });

  it.each([
    ["cut at 72 bytes", `${PASSWORD}${"x".repeat(72)}`],
    ["with NUL behind it", `${PASSWORD}\u0000more`],
    ["empty", ""],
    ["in other letters", PASSWORD.toUpperCase()],
  ])("a password %s", async (_, password) => {
    const { database, person } = await enrolled();
    expect(await tried(database, person.email, password, PEER)).toBe("sign-in-failed");
  });

  it.each(["%", "' or '1'='1", "admin@example.test\u0000", "admin@example.test'--", "_dmin@example.test"])(
    "an e-mail that is a pattern or SQL: %j",
    async (email) => {
      const { database } = await enrolled();
      expect(await tried(database, email, PASSWORD, PEER)).toBe("sign-in-failed");
    },
  );
});
