import { eq } from "drizzle-orm";
import { encode } from "next-auth/jwt";
import { describe, expect, it } from "vitest";
import { createFirstAdmin } from "~/server/access/create-first-admin";
import { createToken } from "~/server/access/create-token";
import { endSignIn } from "~/server/access/end-sign-in";
import { findSignIn } from "~/server/access/find-sign-in";
import { findTokenOwner } from "~/server/access/find-token-owner";
import { listTokens } from "~/server/access/list-tokens";
import { revokeToken } from "~/server/access/revoke-token";
import { signIn } from "~/server/access/sign-in";
import { createApiContext } from "~/server/api/context";
import { users } from "~/server/db/schema/access";
import { cookieSecret } from "~/server/secrets/app-key";
import { later, testDatabase } from "~tests/support/database";

const password = "correct horse battery";
const right = { email: "ada@example.test", password, peer: "192.0.2.7", device: "a browser" };

async function withAccount() {
  const database = await testDatabase({ empty: true });
  const ctx = database.ctx();
  const { userId } = await createFirstAdmin(ctx, { email: "Ada@Example.test", name: "Ada", password });
  return { database, ctx, userId };
}

describe("sign-in", () => {
  it("takes the right password for the address in any case, until it is ended", async () => {
    const { ctx, userId } = await withAccount();
    const { signInId } = await signIn(ctx, right);
    expect(await findSignIn(ctx, signInId)).toMatchObject({ userId, role: "admin", via: "session" });
    await endSignIn(ctx, signInId);
    expect(await findSignIn(ctx, signInId)).toBeNull();
  });

  it("ends after a day without a request, after a week in any case, at once when the account is disabled", async () => {
    const { database, ctx, userId } = await withAccount();
    const { signInId: idle } = await signIn(ctx, right);
    expect(await findSignIn(database.nobodyCtx(later({ hours: 24 })), idle)).toBeNull();
    const { signInId } = await signIn(ctx, right);
    for (let hours = 23; hours < 24 * 7; hours += 23)
      expect(await findSignIn(database.nobodyCtx(later({ hours })), signInId)).not.toBeNull();
    expect(await findSignIn(database.nobodyCtx(later({ hours: 24 * 7 })), signInId)).toBeNull();
    await ctx.db.update(users).set({ disabledAt: ctx.now }).where(eq(users.id, userId));
    expect(await findSignIn(ctx, signInId)).toBeNull();
    await expect(signIn(ctx, right)).rejects.toMatchObject({ code: "sign-in-failed" });
  });

  it.each([
    ["a wrong password", { ...right, password: "wrong" }],
    ["an unknown account", { ...right, email: "nobody@example.test" }],
    ["a password of more than 72 bytes that begins right", { ...right, password: password.padEnd(80, "x") }],
    ["an empty password", { ...right, password: "" }],
  ])("refuses %s in the same words", async (_, attempt) => {
    const { ctx } = await withAccount();
    await expect(signIn(ctx, attempt)).rejects.toMatchObject({
      code: "sign-in-failed",
      say: "E-mail or password is wrong.",
    });
  });

  it("takes as long for an account that does not exist", async () => {
    const { ctx } = await withAccount();
    let peer = 0;
    /** The fastest of three: what the work takes when nothing else runs. */
    const timed = async (email: string) => {
      const all: number[] = [];
      for (let i = 0; i < 3; i++) {
        const begin = performance.now();
        await signIn(ctx, { ...right, email, peer: `192.0.2.${peer++}`, password: "wrong" }).catch(() => {});
        all.push(performance.now() - begin);
      }
      return Math.min(...all);
    };
    const known = await timed(right.email);
    const unknown = await timed("nobody@example.test");
    expect(unknown).toBeGreaterThan(known / 2);
    expect(known).toBeGreaterThan(unknown / 2);
  });

  it("refuses the sixth try in five minutes, also the right one, also when all come at once", async () => {
    const { database, ctx } = await withAccount();
    const tries = Array.from({ length: 12 }, () =>
      signIn(ctx, { ...right, password: "wrong" }).catch((error) => error.code),
    );
    const codes = await Promise.all(tries);
    expect(codes.filter((code) => code === "sign-in-failed")).toHaveLength(5);
    expect(codes.filter((code) => code === "rate-limited")).toHaveLength(7);
    await expect(signIn(ctx, right)).rejects.toMatchObject({ code: "rate-limited" });
    // Wherever it is tried from, and whichever account it is tried for from there.
    await expect(signIn(ctx, { ...right, peer: "192.0.2.8" })).rejects.toMatchObject({
      code: "rate-limited",
    });
    const other = { ...right, email: "nobody@example.test" };
    await expect(signIn(ctx, other)).rejects.toMatchObject({ code: "rate-limited" });
    await expect(signIn(database.nobodyCtx(later({ minutes: 5 })), right)).resolves.toBeTruthy();
  });

  it("counts the account from the start again after a right password, the address only without that one try", async () => {
    const { ctx } = await withAccount();
    const wrong = (peer: string) =>
      signIn(ctx, { ...right, peer, password: "wrong" }).catch((error) => error.code);
    for (const peer of ["192.0.2.1", "192.0.2.2"]) {
      for (let i = 0; i < 4; i++) expect(await wrong(peer)).toBe("sign-in-failed");
      await signIn(ctx, { ...right, peer });
    }
    expect(await wrong("192.0.2.1")).toBe("sign-in-failed");
    expect(await wrong("192.0.2.1")).toBe("rate-limited");
  });

  it("is refused when its tries cannot be counted", async () => {
    const { database, ctx } = await withAccount();
    await database.pool.end();
    await expect(signIn(ctx, right)).rejects.not.toMatchObject({ code: "sign-in-failed" });
  });
});

describe("the cookie of a sign-in", () => {
  const cookie = async (sid: string, secret = cookieSecret()) =>
    new Headers({ cookie: `a=b; __Host-bbs.sign-in=${await encode({ token: { sid }, secret })}` });

  it("says who asks, and nothing any more on the request after the sign-in was ended", async () => {
    const { ctx, userId } = await withAccount();
    const now = { ...ctx, now: new Date() };
    const { signInId } = await signIn(now, right);
    expect((await createApiContext(await cookie(signInId))).actor).toMatchObject({ kind: "user", userId });
    await endSignIn(now, signInId);
    expect((await createApiContext(await cookie(signInId))).actor).toEqual({ kind: "nobody" });
  });

  it("is nothing when it was made with another key", async () => {
    const { ctx } = await withAccount();
    const { signInId } = await signIn({ ...ctx, now: new Date() }, right);
    const { actor } = await createApiContext(await cookie(signInId, "another secret"));
    expect(actor).toEqual({ kind: "nobody" });
  });

  it("is not looked at beside a token, also one that is no good", async () => {
    const { ctx } = await withAccount();
    const { signInId } = await signIn({ ...ctx, now: new Date() }, right);
    const headers = await cookie(signInId);
    headers.set("authorization", "Bearer bbs_wrong");
    expect((await createApiContext(headers)).actor).toEqual({ kind: "nobody" });
  });
});

describe("API token", () => {
  it("speaks for its owner until it is revoked, and is stored as a hash only", async () => {
    const database = await testDatabase();
    const ctx = database.ctx();
    const owner = { userId: database.admin.userId };
    const { id, token } = await createToken(ctx, {
      ...owner,
      name: "script",
      scopes: ["view"],
      expiresInDays: null,
    });
    expect(token).toMatch(/^bbs_/);
    expect(await findTokenOwner(ctx, token)).toMatchObject({ ...owner, via: "token" });
    const headers = new Headers({ authorization: `Bearer ${token}` });
    expect((await createApiContext(headers)).actor).toMatchObject(owner);
    expect(JSON.stringify(await ctx.db.query.apiTokens.findMany())).not.toContain(token);
    // By whichever clock was ahead: the request above came by the real one.
    const lastUsedAt = (await listTokens(ctx, owner))[0]?.lastUsedAt;
    expect(lastUsedAt?.getTime()).toBeGreaterThanOrEqual(ctx.now.getTime());
    await revokeToken(ctx, { ...owner, id });
    await revokeToken(ctx, { ...owner, id });
    expect(await findTokenOwner(ctx, token)).toBeNull();
    expect((await createApiContext(headers)).actor).toEqual({ kind: "nobody" });
  });

  it("ends on its day", async () => {
    const database = await testDatabase();
    const ctx = database.ctx();
    const { token } = await createToken(ctx, {
      userId: database.admin.userId,
      name: "script",
      scopes: ["view"],
      expiresInDays: 1,
    });
    expect(await findTokenOwner(database.nobodyCtx(later({ hours: 23 })), token)).not.toBeNull();
    expect(await findTokenOwner(database.nobodyCtx(later({ hours: 24 })), token)).toBeNull();
  });
});
