import { createHmac } from "node:crypto";
import { describe, expect, it, onTestFinished } from "vitest";
import { mailAdmins } from "~/server/access/mail-admins";
import { getDelivery, listChannels, saveChannel, testChannel } from "~/server/alerts/channels";
import { sendDueMail } from "~/server/mail/send-due-mail";
import { saveSetting } from "~/server/settings/save-setting";
import { type AlertWorld, alertWorld, receiver } from "~tests/support/alert-world";
import { later } from "~tests/support/database";
import { journalOf } from "~tests/support/journal";
import { startMailServer, textOf } from "~tests/support/mail-server";

/** A backup that failed, looked at two minutes after the start. */
async function trouble(): Promise<AlertWorld> {
  const world = await alertWorld();
  await world.job({
    ...{ state: "failed", createdAt: later({ minutes: 1 }), endedAt: later({ minutes: 1 }) },
    problem: { code: "source-missing", say: "/srv is <gone> @here *now* & [x](y)." },
  });
  return world;
}

const bodyOf = (got: { body: string } | undefined) => JSON.parse(got?.body ?? "{}");

describe("a channel", () => {
  it("of a webhook gets JSON under a signature that only the secret makes", async () => {
    const world = await trouble();
    const hook = await receiver();
    await world.channel({ url: `${hook.url}/in?key=1`, token: "between us" });
    await world.look(2);
    expect(await world.send(2)).toEqual(["sent"]);
    const [got] = hook.got;
    expect(got).toMatchObject({ method: "POST", path: "/in?key=1" });
    const signed = createHmac("sha256", "between us")
      .update(got?.body ?? "")
      .digest("hex");
    expect(got?.headers["x-bbs-signature"]).toBe(`sha256=${signed}`);
    const [alert] = await world.rows();
    expect(bodyOf(got)).toMatchObject({
      ...{ version: 1, event: "opened", severity: "serious", title: "web-01: backup System failed" },
      link: `https://backup.example.test:3000/alerts/${alert?.id}`,
      alert: { id: alert?.id, kind: "backup-failed", clientName: "web-01" },
    });
  });

  it("of ntfy gets a title, a priority and its token", async () => {
    const world = await trouble();
    const hook = await receiver();
    await world.channel({ kind: "ntfy", url: `${hook.url}/backups`, token: "tk_1" });
    await world.look(2);
    await world.send(2);
    expect(hook.got[0]).toMatchObject({ path: "/backups", body: expect.stringContaining("/srv is <gone>") });
    expect(hook.got[0]?.headers).toMatchObject({
      ...{ title: "Serious: web-01: backup System failed", priority: "4", authorization: "Bearer tk_1" },
    });
  });

  it("of a chat gets words that can neither mention nor mark up", async () => {
    const world = await trouble();
    const [slack, discord, teams, telegram] = [
      await receiver(),
      await receiver(),
      await receiver(),
      await receiver(),
    ];
    await world.channel({ kind: "slack", url: slack.url });
    await world.channel({ kind: "discord", url: discord.url });
    await world.channel({ kind: "teams", url: teams.url });
    await world.channel({ kind: "telegram", url: telegram.url, token: "1:abc", chat: "-100" });
    await world.look(2);
    expect(await world.send(2)).toEqual(["sent", "sent", "sent", "sent"]);
    expect(bodyOf(slack.got[0]).text).toContain("/srv is &lt;gone&gt; @here *now* &amp; [x](y).");
    expect(bodyOf(discord.got[0])).toMatchObject({
      allowed_mentions: { parse: [] },
      content: expect.stringContaining("\\*now\\*"),
    });
    expect(bodyOf(teams.got[0]).attachments[0].content.body[0].text).toBe(
      "Serious: web-01: backup System failed",
    );
    expect(telegram.got[0]?.path).toBe("/bot1:abc/sendMessage");
    expect(bodyOf(telegram.got[0])).toMatchObject({ chat_id: "-100" });
  });

  it("of mail reaches every address, through the real mail server", async () => {
    const world = await trouble();
    const server = await startMailServer({ security: "none" });
    onTestFinished(() => server.stop());
    const ctx = world.database.ctx();
    await saveSetting(ctx, { name: "outgoing", value: { allowed: ["localhost"] } });
    await saveSetting(ctx, { name: "mail", value: server.setting({ security: "none" }) });
    await world.channel({ kind: "mail", to: ["ada@example.test", "bob@example.test"] });
    await world.look(2);
    expect(await world.send(2)).toEqual(["sent"]);
    const at = () => world.database.workerCtx(later({ minutes: 3 }));
    while (await sendDueMail(at));
    expect(server.taken.map((mail) => mail.to[0]).sort()).toEqual(["ada@example.test", "bob@example.test"]);
    expect(server.taken[0]?.raw).toMatch(/^Subject: Serious: web-01: backup System failed/m);
    expect(textOf(server.taken[0])).toContain("/srv is <gone>");
  });

  it("of mail leaves out the admins of an incident, to whom the incident itself has written; later words reach all", async () => {
    const world = await alertWorld();
    const ctx = world.database.ctx();
    const server = await startMailServer({ security: "none" });
    onTestFinished(() => server.stop());
    await saveSetting(ctx, { name: "mail", value: server.setting({ security: "none" }) });
    await world.channel({ kind: "mail", to: ["ADMIN@example.test", "night@example.test"] });
    await world.database.pool.sql`insert into vault_incidents
      (id, repository_id, client_id, opened_at, evidence, sessions, last_clean_archives)
      values ('incident', ${world.repositoryId}, ${world.clientId}, now(), '[]', '[]', 1)`;
    await mailAdmins(ctx, { subject: "Tampering", text: "Review it." });
    await world.look(2);
    expect(await world.send(2)).toEqual(["sent"]);
    const mails = async () =>
      (
        await world.database.pool
          .sql`select recipient, subject from outgoing_mails order by created_at, recipient`
      ).map(({ recipient, subject }) => `${recipient}: ${subject}`);
    expect(await mails()).toEqual([
      "admin@example.test: Tampering",
      "night@example.test: Critical: web-01 / main is held",
    ]);
    await world.database.pool.sql`update vault_incidents set resolved_at = now()`;
    await world.look(3);
    expect(await world.send(40)).toEqual(["sent"]);
    expect((await mails()).slice(2)).toEqual([
      "ADMIN@example.test: Right again: web-01 / main is held",
      "night@example.test: Right again: web-01 / main is held",
    ]);
  });

  it("is told only of what is grave enough for it, and of nothing while it is off", async () => {
    const world = await trouble();
    const [grave, off] = [await receiver(), await receiver()];
    await world.channel({ url: grave.url, minSeverity: "critical" });
    await world.channel({ url: off.url, enabled: false });
    await world.look(2);
    expect(await world.send(2)).toEqual([]);
  });

  it("that does not answer is tried again after 1, 5, 15 and 60 minutes, and is then an alert to the others", async () => {
    const world = await trouble();
    const [broken, other] = [await receiver(), await receiver()];
    broken.status = 503;
    const id = await world.channel({ url: broken.url, name: "Broken" });
    await world.look(2);
    await world.channel({ url: other.url, name: "Other" });
    for (const [at, next] of [
      [2, 3],
      [3, 8],
      [8, 23],
      [23, 83],
    ] as const) {
      expect(await world.send(at)).toEqual(["put-off"]);
      expect(await world.send(next - 0.1)).toEqual([]);
    }
    await world.look(24);
    await world.send(24);
    expect((await world.rows()).map((row) => row.key)).toContain(`channel-failing ${id}`);
    expect(other.got.map((got) => bodyOf(got).alert.kind)).toEqual(["channel-failing"]);
    expect((await listChannels(world.database.ctx())).find((row) => row.id === id)).toMatchObject({
      lastProblem: expect.stringMatching(/^127\.0\.0\.1:\d+ answered 503\.$/),
    });
    broken.status = 200;
    expect(await world.send(83)).toEqual(["sent"]);
    await world.look(84);
    expect((await world.rows()).find((row) => row.kind === "channel-failing")?.resolvedAt).not.toBeNull();
  });

  it("that refuses for good is given up at once, and what is said of it does not hold the address", async () => {
    const world = await trouble();
    const hook = await receiver();
    hook.status = 404;
    await world.channel({ url: `${hook.url}/secret-path` });
    await world.look(2);
    expect(await world.send(2)).toEqual(["given-up"]);
    const [row] = await listChannels(world.database.ctx());
    expect(row?.lastProblem).toMatch(/answered 404/);
    expect(JSON.stringify(row)).not.toContain("secret-path");
  });

  it("inside is refused unless an admin has allowed it", async () => {
    const world = await trouble();
    const hook = await receiver();
    await saveSetting(world.database.ctx(), { name: "outgoing", value: { allowed: [] } });
    const id = await world.channel({ url: hook.url });
    const { deliveryId } = await testChannel(world.database.ctx(), { id });
    expect(await world.send()).toEqual(["given-up"]);
    expect(await getDelivery(world.database.ctx(), { id: deliveryId })).toMatchObject({
      state: "given-up",
      problem: expect.stringContaining("is an internal address"),
    });
    expect(hook.got).toEqual([]);
  });

  it("is stored sealed; the journal tells of its host only; a new address does not get the old token", async () => {
    const world = await alertWorld();
    const ctx = world.database.ctx();
    const id = await world.channel({ url: "https://hooks.example.test/T0/xoxb", token: "old token" });
    const [stored] = await world.database.pool.sql`select secret_sealed from alert_channels`;
    expect(stored?.secret_sealed).toMatch(/^1\.[0-9a-f]{8}\./);
    const told = JSON.stringify([await journalOf(world.database, {}), await listChannels(ctx)]);
    expect(told).toContain("hooks.example.test");
    expect(told).not.toMatch(/xoxb|old token/);
    const base = { to: [], chat: "", everyMinutes: 5, enabled: true, planId: null };
    const other = await receiver();
    await saveChannel(ctx, {
      ...{ ...base, id, kind: "webhook", minSeverity: "info" },
      ...{ name: "Hook", url: other.url },
    });
    expect(await listChannels(ctx)).toMatchObject([{ hasToken: false }]);
  });

  it("is sent each word once by many workers", async () => {
    const world = await trouble();
    const hook = await receiver();
    for (let n = 0; n < 8; n++) await world.channel({ url: `${hook.url}/${n}`, name: `Hook ${n}` });
    await world.look(2);
    await Promise.all([1, 2, 3, 4].map(() => world.send(2)));
    expect(hook.got.map((got) => got.path).sort()).toEqual(Array.from({ length: 8 }, (_, n) => `/${n}`));
  });
});

describe("without any channel", () => {
  it("the admins get a mail of what is serious, and none of what is not", async () => {
    const world = await trouble();
    const ctx = world.database.ctx();
    const server = await startMailServer({ security: "none" });
    onTestFinished(() => server.stop());
    await saveSetting(ctx, { name: "mail", value: server.setting({ security: "none" }) });
    await world.database.pool.sql`update repositories set soft_quota_bytes = 1, size_bytes = 2`;
    await world.look(2);
    const mails = await world.database.pool.sql`select recipient, subject from outgoing_mails`;
    expect(mails).toMatchObject([
      { recipient: "admin@example.test", subject: "Serious: web-01: backup System failed" },
    ]);
  });
});
