import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import type { UserActor } from "~/domain/permission";
import { SETTINGS, type Setting } from "~/domain/settings";
import { getOidcSettings, saveOidcSettings } from "~/server/access/oidc-settings";
import { signIn } from "~/server/access/sign-in";
import { getSignInSettings, saveSignInSettings } from "~/server/access/sign-in-settings";
import { startSignIn } from "~/server/access/start-sign-in";
import { switchLocalSignInOn } from "~/server/access/switch-local-sign-in";
import { newId } from "~/server/db/new-id";
import { passkeys, signIns } from "~/server/db/schema/access";
import { journalEntries } from "~/server/db/schema/journal";
import { settings } from "~/server/db/schema/settings";
import { saveOutgoing } from "~/server/outgoing/save-outgoing";
import { openSettingSecret } from "~/server/settings/read-setting";
import { TEST_START, testDatabase } from "~tests/support/database";

const DEFAULTS = SETTINGS["sign-in"].parse({});
const OIDC: Setting<"oidc"> = {
  ...{ enabled: true, label: "Office", issuer: "https://idp.example", clientId: "bbs" },
  ...{ newPeople: "deny", preset: "viewer" },
};

/** The admin with a sign-in of the given kind, confirmed a moment ago. */
async function withAdmin(by: "password" | "oidc" = "password") {
  const database = await testDatabase();
  const person = { userId: database.admin.userId, secondFactorShown: false, peer: null, device: null };
  const { signInId } = await startSignIn(database.nobodyCtx(), { ...person, by });
  const actor: UserActor = { ...database.admin, signInId, confirmedAt: TEST_START };
  const ctx = database.ctx({ actor });
  return { database, ctx, actor };
}

async function givePasskey({ ctx, actor }: Awaited<ReturnType<typeof withAdmin>>) {
  await ctx.db.insert(passkeys).values({
    ...{ id: newId(), userId: actor.userId, credentialId: "c", publicKey: "k", counter: 0, transports: [] },
    ...{ backedUp: false, name: "Key", createdAt: TEST_START },
  });
}

describe("settings of signing in", () => {
  it("demand a second factor of everybody only from an admin who has one", async () => {
    const world = await withAdmin();
    const { ctx } = world;
    const value = { ...DEFAULTS, requireSecondFactor: true };
    await expect(saveSignInSettings(ctx, value)).rejects.toMatchObject({ code: "invalid-input" });
    expect(await getSignInSettings(ctx)).toMatchObject({ requireSecondFactor: false, peopleWithout: 1 });
    await givePasskey(world);
    await saveSignInSettings(ctx, value);
    expect(await getSignInSettings(ctx)).toMatchObject({
      ...{ requireSecondFactor: true, peopleWithout: 0 },
      mine: { secondFactor: true, by: "password" },
    });
  });

  it("are refused to who has not shown a password or second factor a moment ago", async () => {
    const { database, actor } = await withAdmin();
    const ctx = database.ctx({
      actor: { ...actor, confirmedAt: new Date(TEST_START.getTime() - 3_600_000) },
    });
    const refusal = { code: "confirmation-needed" };
    await expect(saveSignInSettings(ctx, DEFAULTS)).rejects.toMatchObject(refusal);
    await expect(saveOidcSettings(ctx, { value: OIDC, secret: null })).rejects.toMatchObject(refusal);
  });

  it("end a sign-in after the hours that are set", async () => {
    const { database, ctx, actor } = await withAdmin();
    await saveSignInSettings(ctx, { ...DEFAULTS, absoluteHours: 2000 });
    const person = { userId: actor.userId, secondFactorShown: false, peer: null, device: null };
    const { expiresAt } = await startSignIn(database.nobodyCtx(), { ...person, by: "password" });
    expect(expiresAt).toEqual(new Date(TEST_START.getTime() + 2000 * 3_600_000));
  });

  it("are journaled with before and after", async () => {
    const { ctx } = await withAdmin();
    await saveSignInSettings(ctx, { ...DEFAULTS, idleMinutes: 15 });
    const rows = await ctx.db
      .select()
      .from(journalEntries)
      .where(eq(journalEntries.action, "settings.changed"));
    expect(rows).toMatchObject([
      { detail: { setting: "sign-in", before: null, after: { idleMinutes: 15 } } },
    ]);
  });
});

describe("local sign-in", () => {
  const off = { ...DEFAULTS, localSignIn: false };

  it("is switched off only while OpenID Connect is on, by an admin who came by it in this very sign-in", async () => {
    const byOidc = await withAdmin("oidc");
    await expect(saveSignInSettings(byOidc.ctx, off)).rejects.toMatchObject({ code: "invalid-input" });
    await saveOidcSettings(byOidc.ctx, { value: OIDC, secret: null });
    const byToken = byOidc.database.ctx({ actor: { ...byOidc.actor, via: "token", signInId: null } });
    await expect(saveSignInSettings(byToken, off)).rejects.toMatchObject({ code: "invalid-input" });
    await saveSignInSettings(byOidc.ctx, off);
    expect(await getSignInSettings(byOidc.ctx)).toMatchObject({ localSignIn: false, mine: { by: "oidc" } });

    const byPassword = await withAdmin("password");
    await saveOidcSettings(byPassword.ctx, { value: OIDC, secret: null });
    await expect(saveSignInSettings(byPassword.ctx, off)).rejects.toMatchObject({ code: "invalid-input" });
  });

  it("being off refuses passwords, right ones too, and holds the provider as it is; bbs-admin switches it on, journaled", async () => {
    const { database, ctx } = await withAdmin("oidc");
    await saveOidcSettings(ctx, { value: OIDC, secret: { set: "first" } });
    await saveSignInSettings(ctx, off);
    const nobody = database.nobodyCtx();
    const attempt = {
      email: "admin@example.test",
      password: "correct horse battery",
      peer: null,
      device: null,
    };
    await expect(signIn(nobody, attempt)).rejects.toMatchObject({
      code: "forbidden",
      say: "Passwords and passkeys are switched off on this server. Sign in with Office.",
    });
    for (const value of [
      { ...OIDC, enabled: false },
      { ...OIDC, issuer: "https://other.example" },
      { ...OIDC, clientId: "other" },
    ])
      await expect(saveOidcSettings(ctx, { value, secret: { set: "x" } })).rejects.toMatchObject({
        say: expect.stringContaining("only way to sign in"),
      });
    await saveOidcSettings(ctx, { value: OIDC, secret: { set: "second" } });

    expect(await switchLocalSignInOn(nobody)).toEqual({ wasOff: true });
    expect(await switchLocalSignInOn(nobody)).toEqual({ wasOff: false });
    await expect(signIn(nobody, attempt)).rejects.toMatchObject({ code: "sign-in-failed" });
    const rows = await ctx.db.select().from(journalEntries).where(eq(journalEntries.actorKind, "nobody"));
    expect(rows.map(({ say }) => say)).toContain(
      "Switched local sign-in on again with bbs-admin, on the server itself.",
    );
  });
});

describe("settings of OpenID Connect", () => {
  it("keep the client secret sealed, tell only that there is one, and give it to no other issuer or client", async () => {
    const { ctx } = await withAdmin();
    await saveOidcSettings(ctx, { value: OIDC, secret: { set: "the client secret" } });
    expect(await openSettingSecret(ctx, "oidc")).toBe("the client secret");
    expect(JSON.stringify(await getOidcSettings(ctx))).not.toContain("the client secret");
    expect(JSON.stringify(await ctx.db.select().from(settings))).not.toContain("the client secret");
    expect(JSON.stringify(await ctx.db.select().from(journalEntries))).not.toContain("the client secret");
    for (const value of [
      { ...OIDC, issuer: "https://attacker.example" },
      { ...OIDC, clientId: "other" },
    ])
      await expect(saveOidcSettings(ctx, { value, secret: "keep" })).rejects.toMatchObject({
        say: expect.stringContaining("Type the new one"),
      });
    await saveOidcSettings(ctx, { value: { ...OIDC, newPeople: "pending" }, secret: "keep" });
    expect(await openSettingSecret(ctx, "oidc")).toBe("the client secret");
    await saveOidcSettings(ctx, { value: OIDC, secret: null });
    expect(await getOidcSettings(ctx)).toMatchObject({ hasSecret: false });
  });

  it.each([
    ["no issuer", { issuer: "" }],
    ["an issuer without https", { issuer: "http://idp.example" }],
    ["no client id", { clientId: " " }],
  ])("are not switched on with %s", async (_, wrong) => {
    const { ctx } = await withAdmin();
    const value = { ...OIDC, ...wrong };
    await expect(saveOidcSettings(ctx, { value, secret: null })).rejects.toMatchObject({
      code: "invalid-input",
    });
  });

  it("name the redirect address of APP_URL", async () => {
    const { ctx } = await withAdmin();
    const { redirectUri } = await getOidcSettings(ctx);
    expect(redirectUri).toBe("https://backup.example.test:3000/api/auth/callback/oidc");
  });
});

it("outgoing connections are not opened to everything", async () => {
  const { ctx } = await withAdmin();
  await saveOutgoing(ctx, { allowed: [" Relay.Office.Example ", "relay.office.example", "10.0.0.0/8"] });
  await expect(saveOutgoing(ctx, { allowed: ["0.0.0.0/0"] })).rejects.toMatchObject({
    code: "invalid-input",
  });
  const [row] = await ctx.db.select().from(settings).where(eq(settings.name, "outgoing"));
  expect(row?.value).toEqual({ allowed: ["relay.office.example", "10.0.0.0/8"] });
  expect(await ctx.db.select().from(signIns)).toHaveLength(1);
});
