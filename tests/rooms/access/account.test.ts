import { hash } from "@node-rs/bcrypt";
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { changePassword, setPassword } from "~/server/access/change-password";
import { createPasswordReset } from "~/server/access/create-password-reset";
import { findSignIn } from "~/server/access/find-sign-in";
import { signIn } from "~/server/access/sign-in";
import { createCaller } from "~/server/api/root";
import type { Ctx } from "~/server/context";
import { newId } from "~/server/db/new-id";
import { users } from "~/server/db/schema/access";
import { saveSetting } from "~/server/settings/save-setting";
import { later, type TestDatabase, testDatabase } from "~tests/support/database";

const password = "correct horse battery";
const next = "purple lantern over the bay";
const ada = { email: "ada@example.test", name: "Ada", password };
const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";

interface AdaWorld {
  database: TestDatabase;
  userId: string;
  /** Signs in from another address and gives what the request of that browser brings. */
  signedIn(peer: string, now?: Date): Promise<{ ctx: Ctx; signInId: string }>;
  works(signInId: string): Promise<boolean>;
  journal(): Promise<{ action: string; say: string; detail: Record<string, unknown> }[]>;
}

async function adaWorld(): Promise<AdaWorld> {
  const database = await testDatabase({ empty: true });
  const nobody = database.nobodyCtx();
  const userId = newId();
  await nobody.db.insert(users).values({
    ...{ id: userId, email: ada.email, name: ada.name, role: "admin", createdAt: nobody.now },
    // Cheap: what is tested is not how long it takes.
    passwordHash: await hash(password, { cost: 4 }),
  });
  const actorOf = async (signInId: string, now: Date) => {
    const actor = await findSignIn(database.nobodyCtx(now), signInId);
    if (!actor) throw new Error("the sign-in does not work");
    return actor;
  };
  return {
    database,
    userId,
    signedIn: async (peer, now = later({})) => {
      const { signInId } = await signIn(database.nobodyCtx(now), { ...ada, peer, device: FIREFOX });
      return { ctx: database.ctx({ actor: await actorOf(signInId, now), now }), signInId };
    },
    works: async (signInId) => (await findSignIn(nobody, signInId)) !== null,
    journal: () => database.pool.db.query.journalEntries.findMany(),
  };
}

const callerOf = (ctx: Ctx) => createCaller({ ...ctx, peer: "192.0.2.1" });

describe("one's own sign-ins", () => {
  it("are listed with this one marked, how, where and since when", async () => {
    const world = await adaWorld();
    await world.signedIn("192.0.2.1");
    const here = await world.signedIn("2001:db8::2", later({ minutes: 5 }));
    const list = await callerOf(here.ctx).account.sessions();
    expect(list).toMatchObject([
      { id: here.signInId, isThis: true, address: "2001:db8::2", device: FIREFOX, by: "password" },
      { isThis: false, address: "192.0.2.1", createdAt: later({}) },
    ]);
  });

  it("end one by one: the next request with its cookie is refused, and the journal says so", async () => {
    const world = await adaWorld();
    const lost = await world.signedIn("192.0.2.1");
    const here = await world.signedIn("192.0.2.2");
    await callerOf(here.ctx).account.endSession({ id: lost.signInId });
    expect(await world.works(lost.signInId)).toBe(false);
    expect(await world.works(here.signInId)).toBe(true);
    await expect(callerOf(here.ctx).account.endSession({ id: lost.signInId })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    expect(await world.journal()).toContainEqual(
      expect.objectContaining({
        action: "sign-in.ended",
        say: "Ended their own sign-in with Firefox on Linux.",
        detail: expect.objectContaining({ userId: world.userId, address: "192.0.2.1" }),
      }),
    );
  });

  it("end all but this one", async () => {
    const world = await adaWorld();
    const others = [await world.signedIn("192.0.2.1"), await world.signedIn("192.0.2.2")];
    const here = await world.signedIn("192.0.2.3");
    expect(await callerOf(here.ctx).account.endOtherSessions()).toEqual({ ended: 2 });
    for (const { signInId } of others) expect(await world.works(signInId)).toBe(false);
    expect(await world.works(here.signInId)).toBe(true);
  });

  it("are nobody else's to end: a foreign one is answered as a missing one", async () => {
    const world = await adaWorld();
    const here = await world.signedIn("192.0.2.1");
    const eve = world.database.ctx({
      actor: { ...world.database.admin, signInId: "evesignin", userId: (await other(world)).userId },
    });
    await expect(callerOf(eve).account.endSession({ id: here.signInId })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    await callerOf(eve).account.endOtherSessions();
    expect(await world.works(here.signInId)).toBe(true);
  });

  it("are not a token's to see or end", async () => {
    const world = await adaWorld();
    const { ctx } = await world.signedIn("192.0.2.1");
    if (ctx.actor.kind !== "user") throw new Error("not signed in");
    const token = callerOf({
      ...ctx,
      actor: { ...ctx.actor, via: "token", signInId: null, scopes: ["administer"] },
    });
    for (const call of [
      () => token.account.sessions(),
      () => token.account.endOtherSessions(),
      () => token.account.changePassword({ current: password, next }),
    ])
      await expect(call()).rejects.toMatchObject({ code: "FORBIDDEN" });
  });
});

describe("one's own name", () => {
  it("is changed and journaled, once", async () => {
    const world = await adaWorld();
    const { ctx } = await world.signedIn("192.0.2.1");
    await callerOf(ctx).account.rename({ name: "Ada King" });
    await callerOf(ctx).account.rename({ name: "Ada King" });
    expect(await callerOf(ctx).account.get()).toMatchObject({ name: "Ada King", hasPassword: true });
    const changes = (await world.journal()).filter(({ action }) => action === "user.changed");
    expect(changes).toMatchObject([
      { detail: { userId: world.userId, before: { name: "Ada" }, after: { name: "Ada King" } } },
    ]);
    await expect(callerOf(ctx).account.rename({ name: "Ada\nEve" })).rejects.toMatchObject({
      code: "BAD_REQUEST",
    });
  });
});

describe("one's own password", () => {
  it("is changed with the current one; every other sign-in and every link to a new one ends", async () => {
    const world = await adaWorld();
    const other = await world.signedIn("192.0.2.1");
    const here = await world.signedIn("192.0.2.2");
    const { url } = await createPasswordReset(world.database.nobodyCtx(), { userId: world.userId });
    const answer = await callerOf(here.ctx).account.changePassword({ current: password, next });
    expect(answer).toEqual({ endedSignIns: 1 });
    expect(await world.works(other.signInId)).toBe(false);
    expect(await world.works(here.signInId)).toBe(true);
    const request = { ...ada, peer: "192.0.2.9", device: null };
    const nobody = world.database.nobodyCtx();
    await expect(signIn(nobody, request)).rejects.toMatchObject({ code: "sign-in-failed" });
    await expect(signIn(nobody, { ...request, password: next })).resolves.toBeTruthy();
    const token = new URL(url).searchParams.get("token") ?? "";
    expect(await callerOf(nobody).passwordReset.check({ token })).toBeNull();
    const journal = await world.journal();
    expect(journal.filter(({ action }) => action === "password.changed")).toMatchObject([
      { detail: { userId: world.userId, endedSignIns: 1 } },
    ]);
    expect(JSON.stringify(journal)).not.toMatch(/lantern|\$2b\$/);
  });

  it("stays when the current one is wrong; a stolen browser cannot guess it, and its tries count against signing in", async () => {
    const world = await adaWorld();
    const { ctx } = await world.signedIn("192.0.2.1");
    const codes: string[] = [];
    for (let i = 0; i < 7; i++)
      codes.push(
        await changePassword(ctx, { current: `guess ${i}`, next }).then(
          () => "changed",
          (error: { code: string }) => error.code,
        ),
      );
    expect(codes).toEqual([...Array(5).fill("sign-in-failed"), "rate-limited", "rate-limited"]);
    await expect(changePassword(ctx, { current: password, next })).rejects.toMatchObject({
      code: "rate-limited",
    });
    const elsewhere = signIn(world.database.nobodyCtx(), { ...ada, peer: "192.0.2.77", device: null });
    await expect(elsewhere).rejects.toMatchObject({ code: "rate-limited" });
  });

  it("stays when the next one is weak, the same, or too long", async () => {
    const world = await adaWorld();
    const { ctx } = await world.signedIn("192.0.2.1");
    for (const weak of ["password1234", "ada@example.test", password, "x".repeat(73)])
      await expect(changePassword(ctx, { current: password, next: weak })).rejects.toMatchObject({
        code: "invalid-input",
      });
    expect((await world.journal()).map(({ action }) => action)).not.toContain("password.changed");
  });

  it("is changed by one of two requests that come at once", async () => {
    const world = await adaWorld();
    const { ctx } = await world.signedIn("192.0.2.1");
    const answers = await Promise.allSettled([
      changePassword(ctx, { current: password, next }),
      changePassword(ctx, { current: password, next: "yellow tractor in the snow" }),
    ]);
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  it("is set by whoever has none only after a fresh confirmation", async () => {
    const world = await adaWorld();
    const { ctx } = await world.signedIn("192.0.2.1");
    await expect(setPassword(ctx, { password: next })).rejects.toMatchObject({ code: "invalid-input" });
    const db = world.database.pool.db;
    await db.update(users).set({ passwordHash: null }).where(eq(users.id, world.userId));
    await expect(changePassword(ctx, { current: "", next })).rejects.toMatchObject({ code: "invalid-input" });
    const stale = { ...ctx, now: later({ minutes: 6 }) };
    await expect(setPassword(stale, { password: next })).rejects.toMatchObject({
      code: "confirmation-needed",
    });
    await setPassword(ctx, { password: next });
    const request = { ...ada, password: next, peer: "192.0.2.9", device: null };
    await expect(signIn(world.database.nobodyCtx(), request)).resolves.toBeTruthy();
  });

  it("is not changed unseen: the person gets a mail", async () => {
    const world = await adaWorld();
    const { ctx } = await world.signedIn("192.0.2.1");
    await saveSetting(ctx, {
      name: "mail",
      value: { host: "smtp.example.test", port: 587, security: "starttls", user: "", from: "b@example.test" },
    });
    await changePassword(ctx, { current: password, next });
    expect(await world.database.pool.sql`select recipient, subject from outgoing_mails`).toEqual([
      { recipient: ada.email, subject: "Your password for Borg Backup Server was changed" },
    ]);
  });
});

async function other(world: AdaWorld): Promise<{ userId: typeof world.database.admin.userId }> {
  const { admin, pool } = world.database;
  await pool.db.insert(users).values({
    ...{ id: admin.userId, email: "eve@example.test", name: "Eve", role: "admin", createdAt: later({}) },
  });
  return { userId: admin.userId };
}
