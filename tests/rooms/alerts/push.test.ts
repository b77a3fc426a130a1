import { createHash } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import type { Grant } from "~/domain/permission";
import { disablePerson } from "~/server/access/disable-person";
import { endSignIn } from "~/server/access/end-sign-in";
import { removePerson } from "~/server/access/remove-person";
import { acknowledgeAlerts } from "~/server/alerts/acknowledge-alerts";
import { listChannels } from "~/server/alerts/channels";
import { getAlert } from "~/server/alerts/list-alerts";
import {
  changePush,
  followPush,
  getPushTest,
  listBrowsers,
  testPush,
  turnOffPush,
  turnOnPush,
} from "~/server/alerts/push-browsers";
import { ensurePushKeys } from "~/server/alerts/push-keys";
import { purgeAlerts } from "~/server/alerts/send-due-delivery";
import { newId } from "~/server/db/new-id";
import { grants } from "~/server/db/schema/access";
import { alertDeliveries } from "~/server/db/schema/alerts";
import { saveOutgoing } from "~/server/outgoing/save-outgoing";
import { type AlertWorld, alertWorld } from "~tests/support/alert-world";
import { later } from "~tests/support/database";
import { enrolledClient } from "~tests/support/fleet";
import { type PushService, pushService, vapidClaims } from "~tests/support/push-service";
import { ctxOf, type Person, signedInPerson, signInAgain } from "~tests/support/signed-in";

interface PushWorld {
  world: AlertWorld;
  service: PushService;
  person: Person;
  publicKey: string;
  channelId: string;
  mark: string;
}

/** Somebody's browser that is told of everything, and a backup that has failed a minute after the start. */
async function pushWorld(
  given: { role?: "admin" | "user"; permissions?: Grant["permissions"]; trusted?: boolean } = {},
): Promise<PushWorld> {
  const world = await alertWorld();
  const service = await pushService(given);
  const person = await signedInPerson(world.database, { role: given.role ?? "user" });
  await grant(world, person, given.permissions ?? ["view"]);
  const ctx = await ctxOf(world.database, person.signInId);
  const { publicKey } = await ensurePushKeys(ctx);
  const browser = service.browser();
  const { id: channelId } = await turnOnPush(ctx, { ...browser, minSeverity: "info" });
  await world.job({
    ...{ state: "failed", createdAt: later({ minutes: 1 }), endedAt: later({ minutes: 1 }) },
    problem: { code: "source-missing", say: "/srv/secret-project is not there." },
  });
  return { world, service, person, publicKey, channelId, mark: markOf(browser.endpoint) };
}

const markOf = (endpoint: string) => createHash("sha256").update(endpoint).digest("hex");

async function grant(world: AlertWorld, person: Person, permissions: Grant["permissions"]) {
  await world.database.pool.db.insert(grants).values({
    ...{ id: newId(), userId: person.userId, clientId: world.clientId, permissions: [...permissions] },
    createdAt: later({}),
  });
}

const as = ({ world, person }: PushWorld) => ctxOf(world.database, person.signInId, later({ minutes: 2 }));

describe("a browser that its person has turned on", () => {
  it("gets the headline and nothing else, so encrypted that its push service cannot read it", async () => {
    const { world, service, publicKey } = await pushWorld();
    await world.look(2);
    expect(await world.send(2)).toEqual(["sent"]);
    const [alert] = await world.rows();
    const [taken] = service.taken;
    expect(taken?.note).toEqual({
      ...{ title: "Serious: web-01: backup System failed", path: `/alerts/${alert?.id}`, tag: alert?.id },
      stays: false,
    });
    expect(taken?.body.toString("latin1")).not.toContain("web-01");
    expect(taken?.headers).toMatchObject({
      ...{ "content-encoding": "aes128gcm", ttl: "86400", urgency: "high", topic: expect.any(String) },
    });
    const claims = vapidClaims(taken?.headers ?? {}, publicKey);
    expect(claims).toMatchObject({ aud: service.origin, sub: "https://backup.example.test:3000" });
    expect(claims.exp * 1000 - Date.now()).toBeLessThanOrEqual(24 * 3_600_000);
  });

  it("is stored sealed, and so is the key that signs, which is made once however many ask", async () => {
    const world = await alertWorld();
    const person = await signedInPerson(world.database);
    const ctx = await ctxOf(world.database, person.signInId);
    const made = await Promise.all([1, 2, 3].map(() => ensurePushKeys(ctx)));
    expect(new Set(made.map(({ publicKey }) => publicKey)).size).toBe(1);
    const service = await pushService();
    const browser = service.browser();
    await turnOnPush(ctx, { ...browser, minSeverity: "info" });
    const stored = JSON.stringify([
      await world.database.pool.sql`select * from alert_channels`,
      await world.database.pool.sql`select * from settings where name = 'push'`,
      await world.database.pool.sql`select * from journal_entries`,
    ]);
    for (const secret of [browser.endpoint.slice(-24), browser.p256dh, browser.auth])
      expect(stored).not.toContain(secret);
    expect(stored.match(/"secret_sealed":"1\.[0-9a-f]{8}\./g)).toHaveLength(2);
  });

  it("is tried again after 1, 5 and 15 minutes, and told once by many workers", async () => {
    const { world, service } = await pushWorld();
    service.status = 503;
    await world.look(2);
    expect(await world.send(2)).toEqual(["put-off"]);
    expect(await world.send(2.9)).toEqual([]);
    expect(await world.send(3)).toEqual(["put-off"]);
    expect(await world.send(8)).toEqual(["put-off"]);
    service.status = 201;
    await Promise.all([1, 2, 3].map(() => world.send(23)));
    expect(service.taken).toHaveLength(1);
    await world.look(24);
    expect(await world.rows()).toHaveLength(1);
  });

  it.each([404, 410])("is forgotten when its push service answers %d", async (status) => {
    const given = await pushWorld();
    const { world, service } = given;
    service.status = status;
    await world.look(2);
    expect(await world.send(2)).toEqual(["given-up"]);
    expect(await listBrowsers(await as(given))).toEqual([]);
    expect(await world.database.pool.sql`select id from alert_channels`).toHaveLength(0);
  });

  it("is told that a thing is right again, in the place of what it was told before", async () => {
    const { world, service } = await pushWorld();
    await world.look(2);
    await world.send(2);
    await world.job({ state: "succeeded", createdAt: later({ minutes: 3 }), endedAt: later({ minutes: 3 }) });
    await world.look(4);
    expect(await world.send(40)).toEqual(["sent"]);
    const [before, after] = service.taken;
    expect(after?.note).toMatchObject({
      ...{ title: "Right again: web-01: backup System failed", tag: before?.note.tag },
    });
    expect(after?.headers).toMatchObject({ urgency: "low", topic: before?.headers.topic });
  });

  it("answers a test, to its own person only", async () => {
    const given = await pushWorld();
    const ctx = await as(given);
    const { deliveryId } = await testPush(ctx, { id: given.channelId });
    expect(await given.world.send(2)).toEqual(["sent"]);
    expect(given.service.taken[0]?.note).toMatchObject({ path: "/alerts", tag: "test" });
    expect(await getPushTest(ctx, { id: deliveryId })).toMatchObject({ state: "sent" });
    const other = await signedInPerson(given.world.database, { role: "admin" });
    const foreign = await ctxOf(given.world.database, other.signInId);
    for (const ask of [testPush, turnOffPush])
      await expect(ask(foreign, { id: given.channelId })).rejects.toMatchObject({ code: "not-found" });
    const louder = { id: given.channelId, minSeverity: "critical" as const };
    await expect(changePush(foreign, louder)).rejects.toMatchObject({ code: "not-found" });
    expect(await listBrowsers(foreign)).toEqual([]);
  });
});

describe("it is told no more", () => {
  it("when the sign-in in it is ended, by its person or by an admin", async () => {
    const given = await pushWorld();
    await given.world.look(2);
    await endSignIn(given.world.database.nobodyCtx(later({ minutes: 2 })), given.person.signInId);
    expect(await given.world.send(2)).toEqual(["given-up"]);
    expect(given.service.asked).toBe(0);
    expect(await given.world.database.pool.sql`select id from alert_channels`).toHaveLength(0);
  });

  it("when its person is disabled; letting them in again does not bring it back", async () => {
    const given = await pushWorld();
    const { world, person, service } = given;
    const ctx = world.database.ctx({ now: later({ minutes: 2 }) });
    await disablePerson({ ...ctx, actor: world.database.admin }, { userId: person.userId });
    await world.look(2);
    expect(await world.send(2)).toEqual([]);
    await world.database.pool.sql`update users set disabled_at = null`;
    await world.look(3);
    expect(await world.send(3)).toEqual([]);
    expect(service.asked).toBe(0);
    await purgeAlerts(world.database.workerCtx(later({ minutes: 4 })));
    expect(await world.database.pool.sql`select id from alert_channels`).toHaveLength(0);
  });

  it("of a machine that its person may not see any more, also where the word was queued before", async () => {
    const given = await pushWorld();
    const { world, service } = given;
    await world.look(2);
    await world.database.pool.sql`delete from grants`;
    expect(await world.send(2)).toEqual(["given-up"]);
    expect(service.asked).toBe(0);
    // It is no fault of the browser.
    await grant(world, given.person, ["view"]);
    expect(await listBrowsers(await as(given))).toMatchObject([{ lastProblem: null }]);
  });

  it("when an admin demands a second factor that its sign-in has not shown", async () => {
    const { world } = await pushWorld();
    await world.database.pool.sql`insert into settings (name, value, changed_at)
      values ('sign-in', '{"requireSecondFactor": true}', now())`;
    await world.look(2);
    expect(await world.send(2)).toEqual([]);
  });

  it("when somebody else turns it on in the same browser, or its person turns it off", async () => {
    const world = await alertWorld();
    const service = await pushService();
    const browser = { ...service.browser(), minSeverity: "info" as const };
    const [one, two] = [await signedInPerson(world.database), await signedInPerson(world.database)];
    const [asOne, asTwo] = [
      await ctxOf(world.database, one.signInId),
      await ctxOf(world.database, two.signInId),
    ];
    await turnOnPush(asOne, browser);
    const { id } = await turnOnPush(asTwo, browser);
    expect(await listBrowsers(asOne)).toEqual([]);
    expect(await listBrowsers(asTwo)).toMatchObject([{ id, mark: markOf(browser.endpoint) }]);
    await turnOffPush(asTwo, { id });
    expect(await listBrowsers(asTwo)).toEqual([]);
  });

  it("and goes with its person when they are removed, who may have acknowledged alerts", async () => {
    const given = await pushWorld({ permissions: ["view", "backup"] });
    const { world, person } = given;
    await world.look(2);
    const [alert] = await world.rows();
    const ctx = await as(given);
    if (ctx.actor.kind !== "user") throw new Error("nobody is signed in");
    await acknowledgeAlerts({ ...ctx, actor: ctx.actor }, { ids: [alert?.id ?? ""] });
    await removePerson(
      { ...world.database.ctx(), actor: world.database.admin },
      { userId: person.userId, typedEmail: person.email },
    );
    expect(await world.database.pool.sql`select id from alert_channels`).toHaveLength(0);
    expect(await world.rows()).toMatchObject([{ acknowledgedBy: null }]);
  });
});

describe("a sign-in", () => {
  it("that is only idle still counts; the next one in the browser is bound, what was ended is not revived", async () => {
    const { world, service, person, mark, channelId } = await pushWorld();
    const days = 5 * 24 * 60;
    await world.look(days);
    expect((await world.send(days)).every((outcome) => outcome === "sent")).toBe(true);
    expect(service.taken.length).toBeGreaterThan(0);
    const next = await signInAgain(world.database, { userId: person.userId, now: later({ minutes: days }) });
    const ctx = await ctxOf(world.database, next, later({ minutes: days }));
    expect(await followPush(ctx, { mark })).toEqual({ isOn: true });
    const other = await signedInPerson(world.database, { now: later({ minutes: days }) });
    const foreign = await ctxOf(world.database, other.signInId, later({ minutes: days }));
    expect(await followPush(foreign, { mark })).toEqual({ isOn: false });
    await endSignIn(world.database.nobodyCtx(later({ minutes: days })), next);
    const last = await signInAgain(world.database, { userId: person.userId, now: later({ minutes: days }) });
    const after = await ctxOf(world.database, last, later({ minutes: days }));
    expect(await followPush(after, { mark })).toEqual({ isOn: false });
    expect(await listBrowsers(after)).toEqual([]);
    await world.job({
      state: "failed",
      createdAt: later({ minutes: days }),
      endedAt: later({ minutes: days }),
    });
    await world.look(days + 1);
    const queued = await world.database.pool.db
      .select()
      .from(alertDeliveries)
      .where(and(eq(alertDeliveries.channelId, channelId), eq(alertDeliveries.state, "waiting")));
    expect(queued).toEqual([]);
  });
});

describe("what others see and are told", () => {
  it("a viewer's browser is told of their own machines only, an admin's of everything", async () => {
    const { world, service } = await pushWorld();
    const other = await enrolledClient(world.database.ctx(), "db-01");
    await world.database.pool.sql`insert into client_gaps (client_id, path, kind, found_at)
      values (${other.id}, '/srv/new', 'mount', now())`;
    const admin = await signedInPerson(world.database, { role: "admin" });
    const browser = service.browser();
    const asAdmin = await ctxOf(world.database, admin.signInId);
    await turnOnPush(asAdmin, { ...browser, minSeverity: "info" });
    await world.look(2);
    expect(await world.send(2)).toEqual(["sent", "sent", "sent"]);
    const titles = service.taken.map(({ note }) => note.title).sort();
    expect(titles.filter((title) => title.includes("db-01"))).toHaveLength(1);
    expect(titles.filter((title) => title.includes("web-01"))).toHaveLength(2);
  });

  it("whose browsers are told stands neither among the channels nor at the alert of anybody else", async () => {
    const given = await pushWorld();
    const { world } = given;
    await world.look(2);
    await world.send(2);
    expect(await listChannels(world.database.ctx())).toEqual([]);
    const [alert] = await world.rows();
    const admin = { ...world.database.ctx(), actor: world.database.admin };
    expect((await getAlert(admin, { id: alert?.id ?? "" })).told).toEqual([]);
    expect((await getAlert(await as(given), { id: alert?.id ?? "" })).told).toHaveLength(1);
  });
});

describe("the way to a push service", () => {
  it("is that of every outgoing connection: nowhere inside unless an admin has allowed it", async () => {
    const given = await pushWorld();
    await saveOutgoing(given.world.database.ctx(), { allowed: [] });
    await given.world.look(2);
    expect(await given.world.send(2)).toEqual(["put-off"]);
    expect(given.service.asked).toBe(0);
    expect(await listBrowsers(await as(given))).toMatchObject([
      { lastProblem: expect.stringContaining("is an internal address") },
    ]);
  });

  it("ends where the certificate is not one that this server trusts", async () => {
    const given = await pushWorld({ trusted: false });
    await given.world.look(2);
    expect(await given.world.send(2)).toEqual(["put-off"]);
    expect(given.service.asked).toBe(0);
    expect(await listBrowsers(await as(given))).toMatchObject([
      { lastProblem: expect.stringContaining("which this server does not trust") },
    ]);
  });
});
