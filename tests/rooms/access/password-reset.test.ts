import { hash } from "@node-rs/bcrypt";
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { runBbsAdmin } from "~/cli/run-bbs-admin";
import type { Setting } from "~/domain/settings";
import { askPasswordReset } from "~/server/access/ask-password-reset";
import { createPasswordReset } from "~/server/access/create-password-reset";
import { findSignIn } from "~/server/access/find-sign-in";
import { checkPasswordReset, resetPassword } from "~/server/access/reset-password";
import { signIn } from "~/server/access/sign-in";
import { createCaller } from "~/server/api/root";
import { newId } from "~/server/db/new-id";
import { passwordResets, totpFactors, users } from "~/server/db/schema/access";
import { openSecret, sealSecret } from "~/server/secrets/seal-secret";
import { saveSetting } from "~/server/settings/save-setting";
import { later, type TestDatabase, testDatabase } from "~tests/support/database";

const ada = { email: "Ada@Example.test", name: "Ada", password: "correct horse battery" };
const password = "purple lantern over the bay";
const peer = "192.0.2.7";
const MAIL: Setting<"mail"> = {
  ...{ host: "smtp.example.test", port: 587, security: "starttls", user: "" },
  from: "backup@example.test",
};

async function adaWorld(given: { mail?: boolean; signIn?: Partial<Setting<"sign-in">> } = {}) {
  const database = await testDatabase({ empty: true });
  const nobody = database.nobodyCtx();
  const userId = newId();
  await nobody.db.insert(users).values({
    ...{ id: userId, email: ada.email, name: ada.name, role: "admin", createdAt: nobody.now },
    // Cheap: what is tested is not how long it takes.
    passwordHash: await hash(ada.password, { cost: 4 }),
  });
  if (given.mail !== false) await saveSetting(nobody, { name: "mail", value: MAIL });
  if (given.signIn) {
    const whole = { requireSecondFactor: false, idleMinutes: 1440, absoluteHours: 168, localSignIn: true };
    await saveSetting(nobody, { name: "sign-in", value: { ...whole, ...given.signIn } });
  }
  return { database, nobody, userId };
}

/** The mails that wait, with their texts. */
async function mails(database: TestDatabase) {
  const rows = await database.pool.db.query.outgoingMails.findMany();
  return rows.map(({ id, recipient, subject, bodySealed }) => ({
    ...{ recipient, subject },
    text: openSecret(bodySealed ?? "", { table: "outgoing_mails", column: "body_sealed", rowId: id }),
  }));
}

const tokenIn = (text: string) => /\/reset-password\?token=([\w-]+)/.exec(text)?.[1] ?? "";

async function withLink(given: Parameters<typeof adaWorld>[0] = {}) {
  const world = await adaWorld(given);
  const { url } = await createPasswordReset(world.nobody, { userId: world.userId });
  return { ...world, token: tokenIn(url) };
}

describe("asking for a new password", () => {
  it("mails a link of APP_URL, whatever host the request named, and stores its hash only", async () => {
    const { database, nobody, userId } = await adaWorld();
    await askPasswordReset(nobody, { email: " ada@example.TEST ", peer });
    const [mail, ...more] = await mails(database);
    expect(more).toEqual([]);
    expect(mail).toMatchObject({ recipient: ada.email });
    const links = mail?.text.match(/https?:\/\/\S+/g) ?? [];
    expect(links.length).toBeGreaterThan(0);
    for (const link of links) expect(new URL(link).origin).toBe("https://backup.example.test:3000");
    const token = tokenIn(mail?.text ?? "");
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(JSON.stringify(await database.pool.db.query.passwordResets.findMany())).not.toContain(token);
    expect(await checkPasswordReset(nobody, { token, peer })).toEqual({ email: ada.email });
    const journal = await database.pool.db.query.journalEntries.findMany();
    expect(journal.filter(({ action }) => action === "password.reset.asked")).toMatchObject([
      { actorKind: "nobody", detail: { userId } },
    ]);
    expect(JSON.stringify(journal)).not.toContain(token);
  });

  it.each([
    ["an unknown one", null],
    ["one that is disabled", { disabledAt: later({}) }],
    ["one that waits for an admin", { pendingSince: later({}) }],
  ])("answers the same for %s and mails nothing", async (_, change) => {
    const { database, nobody, userId } = await adaWorld();
    if (change) await nobody.db.update(users).set(change).where(eq(users.id, userId));
    const email = change ? ada.email : "nobody@example.test";
    const caller = createCaller({ ...nobody, peer });
    expect(await caller.passwordReset.ask({ email })).toEqual({});
    expect(await mails(database)).toEqual([]);
    expect(await nobody.db.select().from(passwordResets)).toEqual([]);
  });

  it("takes as long for an unknown address as for a known one", async () => {
    const { nobody } = await adaWorld();
    let turn = 0;
    /** The fastest of three: what the work takes when nothing else runs. */
    const timed = async (email: string) => {
      const all: number[] = [];
      for (let i = 0; i < 3; i++) {
        const began = performance.now();
        await askPasswordReset(nobody, { email, peer: `192.0.2.${turn++}` });
        all.push(performance.now() - began);
      }
      return Math.min(...all);
    };
    const [known, unknown] = [await timed(ada.email), await timed("nobody@example.test")];
    expect(Math.min(known, unknown)).toBeGreaterThan(490);
    expect(Math.abs(known - unknown)).toBeLessThan(80);
  });

  it("tells who has no password so, without a link", async () => {
    const { database, nobody, userId } = await adaWorld();
    await nobody.db.update(users).set({ passwordHash: null }).where(eq(users.id, userId));
    await askPasswordReset(nobody, { email: ada.email, peer });
    const [mail] = await mails(database);
    expect(mail?.text).toContain("has no password");
    expect(tokenIn(mail?.text ?? "")).toBe("");
  });

  it("is limited by address and by account", async () => {
    const { nobody, database } = await adaWorld();
    const ask = (email: string, from: string) =>
      askPasswordReset(nobody, { email, peer: from }).then(
        () => "asked",
        (error: { code: string }) => error.code,
      );
    const one = await Promise.all(Array.from({ length: 8 }, (_, n) => ask(`p${n}@example.test`, peer)));
    expect(one.filter((answer) => answer === "asked")).toHaveLength(5);
    const many = await Promise.all(Array.from({ length: 8 }, (_, n) => ask(ada.email, `198.51.100.${n}`)));
    expect(many.filter((answer) => answer === "rate-limited")).toHaveLength(3);
    expect(await mails(database)).toHaveLength(5);
  });

  it("is not offered without mail or with local sign-in off, and refused for every address alike", async () => {
    for (const given of [{ mail: false }, { signIn: { localSignIn: false } }]) {
      const { nobody } = await adaWorld(given);
      const caller = createCaller({ ...nobody, peer });
      expect(await caller.passwordReset.state()).toEqual({ offered: false });
      for (const email of [ada.email, "nobody@example.test"])
        await expect(caller.passwordReset.ask({ email })).rejects.toMatchObject({ code: "FORBIDDEN" });
    }
    const { nobody } = await adaWorld();
    expect(await createCaller({ ...nobody, peer }).passwordReset.state()).toEqual({ offered: true });
  });

  it("puts nothing of a name into the mail but one line", async () => {
    const { database, nobody, userId } = await adaWorld();
    const name = "Ada\r\n\r\nOpen https://evil.example.test";
    await nobody.db.update(users).set({ name }).where(eq(users.id, userId));
    await askPasswordReset(nobody, { email: ada.email, peer });
    const [mail] = await mails(database);
    expect(mail?.text.split("\n")[0]).toBe("Hello Ada Open https://evil.example.test,");
  });
});

describe("a link to a new password", () => {
  it("sets it once, ends every sign-in, kills other links, and neither signs in nor takes the second factor away", async () => {
    const { database, nobody, userId, token } = await withLink();
    const request = { email: ada.email, device: null, peer };
    const { signInId } = await signIn(nobody, { ...request, password: ada.password });
    const other = tokenIn((await createPasswordReset(nobody, { userId })).url);
    await nobody.db.insert(totpFactors).values({
      ...{ userId, createdAt: nobody.now, confirmedAt: nobody.now },
      secretSealed: sealSecret("x", { table: "totp_factors", column: "secret_sealed", rowId: userId }),
    });
    const caller = createCaller({ ...nobody, peer });
    expect(await caller.passwordReset.complete({ token, password })).toEqual({});
    expect(await findSignIn(nobody, signInId)).toBeNull();
    expect(await database.pool.sql`select id from sign_ins where ended_at is null`).toEqual([]);
    for (const dead of [token, other]) {
      expect(await caller.passwordReset.check({ token: dead })).toBeNull();
      await expect(resetPassword(nobody, { token: dead, password, peer })).rejects.toMatchObject({
        code: "link-invalid",
      });
    }
    expect(await nobody.db.select().from(totpFactors)).toHaveLength(1);
    await expect(signIn(nobody, { ...request, password: ada.password })).rejects.toMatchObject({
      code: "sign-in-failed",
    });
    const anew = await signIn(nobody, { ...request, password });
    expect(await findSignIn(nobody, anew.signInId)).toMatchObject({ standing: "second-factor-missing" });
    const journal = await database.pool.db.query.journalEntries.findMany();
    expect(journal.filter(({ action }) => action === "password.reset")).toMatchObject([
      { actorKind: "nobody", detail: { userId, endedSignIns: 1 } },
    ]);
  });

  it("dies after an hour", async () => {
    const { database, token } = await withLink();
    const last = database.nobodyCtx(later({ minutes: 59 }));
    expect(await checkPasswordReset(last, { token, peer })).not.toBeNull();
    const over = database.nobodyCtx(later({ minutes: 60 }));
    expect(await checkPasswordReset(over, { token, peer })).toBeNull();
    await expect(resetPassword(over, { token, password, peer })).rejects.toMatchObject({
      code: "link-invalid",
    });
  });

  it("still works after a weak password, and works once when used twice at once", async () => {
    const { nobody, token } = await withLink();
    for (const weak of ["short", "password1234", "ada@example.test"])
      await expect(resetPassword(nobody, { token, password: weak, peer })).rejects.toMatchObject({
        code: "invalid-input",
      });
    const answers = await Promise.allSettled(
      [password, "yellow tractor in the snow", "green kettle by the window"].map((one) =>
        resetPassword(nobody, { token, password: one, peer }),
      ),
    );
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  it.each([
    ["was disabled", { disabledAt: later({}) }],
    ["waits for an admin", { pendingSince: later({}) }],
  ])("is worth nothing for somebody who %s", async (_, change) => {
    const { nobody, userId, token } = await withLink();
    await nobody.db.update(users).set(change).where(eq(users.id, userId));
    expect(await checkPasswordReset(nobody, { token, peer })).toBeNull();
    await expect(resetPassword(nobody, { token, password, peer })).rejects.toMatchObject({
      code: "link-invalid",
    });
  });

  it("is worth nothing while local sign-in is off", async () => {
    const { nobody, token } = await withLink({ signIn: { localSignIn: false } });
    expect(await checkPasswordReset(nobody, { token, peer })).toBeNull();
    await expect(resetPassword(nobody, { token, password, peer })).rejects.toMatchObject({
      code: "forbidden",
    });
  });

  it("cannot be guessed: twenty tries in an hour from one address", async () => {
    const { nobody, token } = await withLink();
    for (let i = 0; i < 20; i++)
      expect(await checkPasswordReset(nobody, { token: `guess${i}`, peer })).toBeNull();
    await expect(checkPasswordReset(nobody, { token, peer })).rejects.toMatchObject({ code: "rate-limited" });
    await expect(resetPassword(nobody, { token, password, peer })).rejects.toMatchObject({
      code: "rate-limited",
    });
    expect(await checkPasswordReset(nobody, { token, peer: "192.0.2.8" })).not.toBeNull();
  });

  it("lets a person who was locked out by wrong tries sign in at once", async () => {
    const { nobody, token } = await withLink();
    const request = { email: ada.email, device: null };
    for (let i = 0; i < 6; i++)
      await signIn(nobody, { ...request, peer: `198.51.100.${i}`, password: "wrong" }).catch(() => {});
    await resetPassword(nobody, { token, password, peer });
    await expect(signIn(nobody, { ...request, peer, password })).resolves.toBeTruthy();
  });
});

describe("bbs-admin reset-password", () => {
  async function run(...words: string[]) {
    const told: string[] = [];
    const write = (text: string) => void told.push(text);
    const code = await runBbsAdmin(words, { out: write, error: write, readPassword: async () => "" });
    return { code, told: told.join("") };
  }

  it("prints a link that works, without mail, and journals it", async () => {
    const { database } = await adaWorld({ mail: false });
    const { code, told } = await run("reset-password", "--email", "ADA@example.test");
    expect(code).toBe(0);
    expect(told).toContain("https://backup.example.test:3000/reset-password?token=");
    // The command has closed its pool.
    const { openPool } = await import("~/server/db");
    const pool = openPool(database.url);
    try {
      const now = new Date();
      const ctx = { db: pool.db, now, actor: { kind: "nobody" as const } };
      await resetPassword(ctx, { token: tokenIn(told), password, peer });
      const journal = await pool.db.query.journalEntries.findMany();
      expect(journal.map(({ action }) => action)).toContain("password.reset.asked");
    } finally {
      await pool.end();
    }
  });

  it("says that nobody has that address", async () => {
    await adaWorld();
    expect(await run("reset-password", "--email", "eve@example.test")).toMatchObject({
      told: expect.stringContaining("Nobody has an account"),
    });
  });
});
