import { describe, expect, it } from "vitest";
import type { Setting } from "~/domain/settings";
import { createCaller } from "~/server/api/root";
import { getMailSettings, saveMailSettings } from "~/server/mail/mail-settings";
import { openSettingSecret } from "~/server/settings/read-setting";
import { testDatabase } from "~tests/support/database";
import { MAIL_USER } from "~tests/support/mail-server";
import { mailWorld } from "~tests/support/mail-world";

const good: Setting<"mail"> = {
  ...{ host: "smtp.example.test", port: 587, security: "starttls", user: "backup" },
  from: "Backup <backup@example.test>",
};

describe("mail settings", () => {
  it("give back everything but the password, of which only whether there is one", async () => {
    const ctx = (await testDatabase()).ctx();
    expect(await getMailSettings(ctx)).toMatchObject({ host: "", hasPassword: false });
    await saveMailSettings(ctx, { value: good, password: { set: "a mail secret" } });
    const caller = createCaller({ ...ctx, peer: null });
    const told = await caller.mailSettings.get();
    expect(told).toEqual({ ...good, hasPassword: true });
    expect(JSON.stringify(told)).not.toContain("a mail secret");
    const journal = JSON.stringify(await ctx.db.query.journalEntries.findMany());
    expect(journal).toContain('"settings.changed"');
    expect(journal).not.toContain("a mail secret");
    expect(JSON.stringify(await ctx.db.query.settings.findMany())).not.toContain("a mail secret");
  });

  it("want a fresh confirmation: whoever names the mail server reads the links to new passwords", async () => {
    const ctx = (await testDatabase()).ctx();
    const stale = createCaller({ ...ctx, peer: null }).mailSettings.save({ value: good, password: null });
    await expect(stale).rejects.toMatchObject({ cause: { code: "confirmation-needed" } });
    const actor = { ...ctx.actor, confirmedAt: ctx.now };
    await createCaller({ ...ctx, actor, peer: null }).mailSettings.save({ value: good, password: null });
    expect(await getMailSettings(ctx)).toMatchObject(good);
  });

  it("keep, replace and remove the password", async () => {
    const ctx = (await testDatabase()).ctx();
    const stored = () => openSettingSecret(ctx, "mail");
    await saveMailSettings(ctx, { value: good, password: { set: "one" } });
    await saveMailSettings(ctx, { value: { ...good, from: "x@example.test" }, password: "keep" });
    expect(await stored()).toBe("one");
    await saveMailSettings(ctx, { value: good, password: { set: "two" } });
    expect(await stored()).toBe("two");
    await saveMailSettings(ctx, { value: good, password: null });
    expect(await stored()).toBeNull();
  });

  it.each([{ host: "evil.example.test" }, { port: 2525 }, { user: "other" }])(
    "do not send the stored password to another server or as another user: %j",
    async (change) => {
      const ctx = (await testDatabase()).ctx();
      await saveMailSettings(ctx, { value: good, password: { set: "one" } });
      const elsewhere = saveMailSettings(ctx, { value: { ...good, ...change }, password: "keep" });
      await expect(elsewhere).rejects.toMatchObject({ code: "invalid-input" });
      expect(await getMailSettings(ctx)).toMatchObject(good);
    },
  );

  it("take no password without encryption, new or kept", async () => {
    const ctx = (await testDatabase()).ctx();
    const value = { ...good, security: "none" as const };
    const given = saveMailSettings(ctx, { value, password: { set: "one" } });
    await expect(given).rejects.toMatchObject({ code: "invalid-input" });
    await saveMailSettings(ctx, { value: good, password: { set: "one" } });
    await expect(saveMailSettings(ctx, { value, password: "keep" })).rejects.toMatchObject({
      code: "invalid-input",
    });
    await saveMailSettings(ctx, { value, password: null });
  });

  it("refuse what would not work or say more than it should", async () => {
    const ctx = (await testDatabase()).ctx();
    for (const change of [
      { host: "smtp.example.test:587" },
      { host: "smtp.example.test\r\nEHLO x" },
      { host: "https://smtp.example.test" },
      { from: "Backup" },
      { from: "a@example.test\nBcc: b@example.test" },
      { from: "a@example.test, b@example.test" },
      { user: "a\r\nb" },
    ]) {
      const saving = saveMailSettings(ctx, { value: { ...good, ...change }, password: null });
      await expect(saving, JSON.stringify(change)).rejects.toMatchObject({ code: "invalid-input" });
    }
  });

  it("are switched off by an empty server", async () => {
    const ctx = (await testDatabase()).ctx();
    await saveMailSettings(ctx, { value: good, password: { set: "one" } });
    await saveMailSettings(ctx, { value: { ...good, host: "" }, password: null });
    expect(await getMailSettings(ctx)).toMatchObject({ host: "", hasPassword: false });
  });
});

describe("a test mail", () => {
  it("tells that the server has taken it", async () => {
    const { database, send, server } = await mailWorld({ auth: true });
    const caller = createCaller({ ...database.ctx(), peer: null });
    const { id } = await caller.mailSettings.sendTest({ to: "ada@example.org" });
    expect(await caller.mailSettings.testState({ id })).toMatchObject({ state: "waiting", attempts: 0 });
    expect(await send()).toBe("sent");
    expect(await caller.mailSettings.testState({ id })).toMatchObject({ state: "sent", problem: null });
    expect(server.taken).toMatchObject([{ user: MAIL_USER.user }]);
  });

  it("is tried once and tells in the server's own words why not", async () => {
    const { database, send } = await mailWorld({ auth: true, password: "wrong" });
    const caller = createCaller({ ...database.ctx(), peer: null });
    const { id } = await caller.mailSettings.sendTest({ to: "ada@example.org" });
    expect(await send()).toBe("given-up");
    const { state, problem } = await caller.mailSettings.testState({ id });
    expect(state).toBe("failed");
    expect(problem).toContain("535 5.7.8 Authentication failed");
  });

  it("is not queued while mail is not set up", async () => {
    const database = await testDatabase();
    const caller = createCaller({ ...database.ctx(), peer: null });
    await expect(caller.mailSettings.sendTest({ to: "ada@example.org" })).rejects.toThrow(
      "Save a mail server",
    );
  });
});
