import { describe, expect, it } from "vitest";
import { completeSetup } from "~/server/access/complete-setup";
import { createFirstAdmin } from "~/server/access/create-first-admin";
import { createSetupLink } from "~/server/access/create-setup-link";
import { isSetupLinkValid, isSetupNeeded } from "~/server/access/setup-state";
import { setupLinks, users } from "~/server/db/schema/access";
import { later, testDatabase } from "~tests/support/database";

const peer = "192.0.2.7";
const ada = { email: "ada@example.test", name: "Ada", password: "correct horse battery" };

async function withLink() {
  const database = await testDatabase({ empty: true });
  const ctx = database.nobodyCtx();
  const link = await createSetupLink(ctx);
  if (!link) throw new Error("no link was made");
  return { database, ctx, token: link.token, link };
}

describe("setup link", () => {
  it("makes the first admin once and dies on use", async () => {
    const { ctx, token, link } = await withLink();
    expect(link.url).toContain(`/setup?token=${token}`);
    expect(await isSetupNeeded(ctx)).toBe(true);
    expect(await isSetupLinkValid(ctx, { token, peer })).toBe(true);
    await completeSetup(ctx, { token, peer, ...ada });
    expect(await isSetupNeeded(ctx)).toBe(false);
    expect(await isSetupLinkValid(ctx, { token, peer })).toBe(false);
    await expect(completeSetup(ctx, { token, peer, ...ada })).rejects.toMatchObject({
      code: "setup-link-invalid",
    });
    const people = await ctx.db.select().from(users);
    expect(people).toMatchObject([{ email: ada.email, role: "admin" }]);
    expect(people[0]?.passwordHash).toMatch(/^\$2b\$12\$/);
  });

  it("dies after an hour", async () => {
    const { database, token } = await withLink();
    const ctx = database.nobodyCtx(later({ minutes: 60 }));
    expect(await isSetupLinkValid(ctx, { token, peer })).toBe(false);
    await expect(completeSetup(ctx, { token, peer, ...ada })).rejects.toMatchObject({
      code: "setup-link-invalid",
    });
  });

  it("is not made when there is an account, and replaces the one before", async () => {
    const { ctx, token } = await withLink();
    const second = await createSetupLink(ctx);
    expect(await isSetupLinkValid(ctx, { token, peer })).toBe(false);
    await completeSetup(ctx, { token: second?.token ?? "", peer, ...ada });
    expect(await createSetupLink(ctx)).toBeNull();
  });

  it("is stored as a hash only", async () => {
    const { ctx, token } = await withLink();
    expect(JSON.stringify(await ctx.db.select().from(setupLinks))).not.toContain(token);
  });

  it.each([
    ["too short", "ninechars"],
    ["more than 72 bytes", "ü".repeat(37)],
  ])("stays usable when the password is %s", async (_, password) => {
    const { ctx, token } = await withLink();
    await expect(completeSetup(ctx, { token, peer, ...ada, password })).rejects.toMatchObject({
      code: "invalid-input",
    });
    await completeSetup(ctx, {
      token,
      peer,
      ...ada,
      password: "Großmütter mögen süße Äpfel über Bächen, öfter für Götter",
    });
  });

  it("is no longer looked at for an address that tried twenty wrong ones; checking a good one costs nothing", async () => {
    const { ctx, token } = await withLink();
    for (let i = 0; i < 30; i++) expect(await isSetupLinkValid(ctx, { token, peer })).toBe(true);
    for (let i = 0; i < 20; i++)
      expect(await isSetupLinkValid(ctx, { token: `wrong ${i}`, peer })).toBe(false);
    const limited = { code: "rate-limited", retryAfterSeconds: 3600 };
    await expect(isSetupLinkValid(ctx, { token, peer })).rejects.toMatchObject(limited);
    await expect(completeSetup(ctx, { token, peer, ...ada })).rejects.toMatchObject(limited);
    await completeSetup(ctx, { token, peer: "192.0.2.8", ...ada });
  });

  it("makes one admin when two people ask at the same moment", async () => {
    const { ctx } = await withLink();
    const answers = await Promise.allSettled([1, 2, 3].map(() => createFirstAdmin(ctx, ada)));
    expect(answers.filter((answer) => answer.status === "fulfilled")).toHaveLength(1);
    expect(await ctx.db.select().from(users)).toHaveLength(1);
  });
});
