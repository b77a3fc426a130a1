import { describe, expect, it } from "vitest";
import { PRESETS } from "~/domain/permission";
import { env } from "~/env";
import { acceptInvitation, checkInvitation } from "~/server/access/accept-invitation";
import { disablePerson } from "~/server/access/disable-person";
import { invitePerson } from "~/server/access/invite-person";
import { listInvitations } from "~/server/access/list-invitations";
import { listPeople } from "~/server/access/list-people";
import { revokeInvitation } from "~/server/access/revoke-invitation";
import { signIn } from "~/server/access/sign-in";
import { createClient } from "~/server/clients/create-client";
import { invitations } from "~/server/db/schema/access";
import { journalEntries } from "~/server/db/schema/journal";
import { outgoingMails } from "~/server/db/schema/mail";
import { mailPlace } from "~/server/mail/queue-mail";
import { openSecret } from "~/server/secrets/seal-secret";
import { saveSetting } from "~/server/settings/save-setting";
import { later, type TestDatabase, testDatabase } from "~tests/support/database";
import { asAdmin, callerOf, confirmedAdmin, insertPerson } from "~tests/support/people";

const PASSWORD = "plenty of good words here";
const peer = "192.0.2.9";
const asAda = (database: TestDatabase) => database.ctx({ actor: confirmedAdmin(database) });
const BOB = { email: "Bob@example.test", name: "Bob", role: "user" as const, grants: [] };

async function invite(database: TestDatabase, given: Partial<Parameters<typeof invitePerson>[1]> = {}) {
  const made = await invitePerson(asAda(database), { ...BOB, ...given });
  return { ...made, token: new URL(made.url).searchParams.get("token") ?? "" };
}

describe("an invitation", () => {
  it("leads to APP_URL, lets exactly one account be made with its role and grants, and is journaled on both ends", async () => {
    const database = await testDatabase();
    const { id } = await createClient(database.ctx(), { name: "web-01" });
    const grants = [{ clientId: id, tag: null, permissions: [...PRESETS.operator] }];
    const { url, token, mailed, expiresAt } = await invite(database, { grants });
    expect(url).toMatch(new RegExp(`^${env().appUrl}/join\\?token=[\\w-]{43}$`));
    expect(mailed).toBe(false);
    expect(expiresAt).toEqual(later({ hours: 7 * 24 }));
    const nobody = database.nobodyCtx();
    expect(await checkInvitation(nobody, { token, peer })).toEqual({ email: BOB.email, name: "Bob" });
    expect(await acceptInvitation(nobody, { token, peer, name: "Robert", password: PASSWORD })).toEqual({
      email: BOB.email,
    });
    const { signInId } = await signIn(nobody, {
      ...{ email: "bob@EXAMPLE.test", password: PASSWORD, peer, device: null },
    });
    const caller = await callerOf(database.pool, signInId);
    expect((await caller.clients.list({})).items.map(({ name }) => name)).toEqual(["web-01"]);
    const people = await listPeople(database.ctx(), { limit: 10 });
    expect(people.items.map(({ name, role }) => [name, role])).toEqual([
      ["Ada Admin", "admin"],
      ["Robert", "user"],
    ]);
    expect(await listInvitations(database.ctx())).toEqual([]);
    const told = await database.pool.db.select().from(journalEntries).orderBy(journalEntries.id);
    expect(told.map(({ action, actorName }) => [action, actorName]).slice(-3, -1)).toEqual([
      ["user.invited", "Ada Admin"],
      ["user.joined", null],
    ]);
    expect(JSON.stringify(told)).not.toContain(token);
  });

  it("is stored as a hash only, mailed when mail is set up, and in no journal", async () => {
    const database = await testDatabase();
    await saveSetting(asAda(database), {
      name: "mail",
      value: {
        host: "mail.example.test",
        port: 587,
        security: "starttls",
        user: "",
        from: "bbs@example.test",
      },
    });
    const { token, url, mailed } = await invite(database);
    expect(mailed).toBe(true);
    const [mail] = await database.pool.db.select().from(outgoingMails);
    expect(mail?.recipient).toBe(BOB.email);
    expect(openSecret(mail?.bodySealed ?? "", mailPlace(mail?.id ?? ""))).toContain(url);
    const [row] = await database.pool.db.select().from(invitations);
    expect(JSON.stringify([row, mail])).not.toContain(token);
  });

  it("works once, also for two who use it at the same moment", async () => {
    const database = await testDatabase();
    const { token } = await invite(database);
    const join = (name: string) =>
      acceptInvitation(database.nobodyCtx(), { token, peer, name, password: PASSWORD });
    const done = await Promise.allSettled([join("One"), join("Other")]);
    expect(done.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    await expect(join("Third")).rejects.toMatchObject({ code: "link-invalid" });
    expect((await listPeople(database.ctx(), { limit: 10 })).items).toHaveLength(2);
  });

  it("dies after a week, when it is revoked, when a newer one is made, and with its inviter's role", async () => {
    const database = await testDatabase();
    const eve = await insertPerson(database, { name: "Eve", role: "admin" });
    const old = await invite(database);
    const check = (token: string, now?: Date) =>
      checkInvitation(database.nobodyCtx(now), { token, peer }).then(
        () => "works",
        (refusal: { code: string }) => refusal.code,
      );
    expect(await check(old.token)).toBe("works");
    expect(await check(old.token, later({ hours: 7 * 24 }))).toBe("link-invalid");
    const newer = await invite(database, { email: "BOB@example.test" });
    expect([await check(old.token), await check(newer.token)]).toEqual(["link-invalid", "works"]);
    await revokeInvitation(asAda(database), newer);
    expect(await check(newer.token)).toBe("link-invalid");
    await expect(revokeInvitation(asAda(database), newer)).rejects.toMatchObject({ code: "not-found" });
    const byEve = await invitePerson(asAdmin(database, eve), { ...BOB, role: "admin" });
    const token = new URL(byEve.url).searchParams.get("token") ?? "";
    expect(await check(token)).toBe("works");
    await disablePerson(asAda(database), eve);
    expect(await check(token)).toBe("link-invalid");
    await expect(
      acceptInvitation(database.nobodyCtx(), { token, peer, name: "Mallory", password: PASSWORD }),
    ).rejects.toMatchObject({ code: "link-invalid" });
    expect(await listInvitations(database.ctx())).toMatchObject([{ id: byEve.id, state: "withdrawn" }]);
  });

  it("survives a password that is too weak, and refuses an address that has an account", async () => {
    const database = await testDatabase();
    const { token } = await invite(database);
    const nobody = database.nobodyCtx();
    await expect(
      acceptInvitation(nobody, { token, peer, name: "Bob", password: "password12" }),
    ).rejects.toMatchObject({ code: "invalid-input" });
    await insertPerson(database, { name: "Bob" });
    await expect(
      acceptInvitation(nobody, { token, peer, name: "Bob", password: PASSWORD }),
    ).rejects.toMatchObject({ code: "name-taken" });
    await expect(invite(database)).rejects.toMatchObject({ code: "name-taken" });
    expect(await checkInvitation(nobody, { token, peer })).toMatchObject({ name: "Bob" });
  });

  it("is an admin's to make, freshly confirmed, for clients that there are", async () => {
    const database = await testDatabase();
    await expect(invitePerson(database.ctx(), BOB)).rejects.toMatchObject({ code: "confirmation-needed" });
    const bob = await insertPerson(database, { name: "Bob" });
    await expect(
      invitePerson(asAdmin(database, bob), { ...BOB, email: "x@example.test" }),
    ).rejects.toMatchObject({ code: "forbidden" });
    await expect(
      invite(database, {
        email: "x@example.test",
        grants: [{ clientId: "nosuchclient", tag: null, permissions: ["view"] }],
      }),
    ).rejects.toMatchObject({ code: "not-found" });
    expect(await listInvitations(database.ctx())).toEqual([]);
  });

  it("is guessed from one address only twenty times an hour; good links are not counted", async () => {
    const database = await testDatabase();
    const { token } = await invite(database);
    const nobody = database.nobodyCtx();
    for (let n = 0; n < 25; n++) await checkInvitation(nobody, { token, peer });
    for (let n = 0; n < 20; n++) {
      await expect(checkInvitation(nobody, { token: `guess ${n}`, peer })).rejects.toMatchObject({
        code: "link-invalid",
      });
    }
    const guess = { token: "one more", name: "Eve", password: PASSWORD };
    await expect(acceptInvitation(nobody, { ...guess, peer })).rejects.toMatchObject({
      code: "rate-limited",
    });
    await expect(acceptInvitation(nobody, { ...guess, peer: "192.0.2.10" })).rejects.toMatchObject({
      code: "link-invalid",
    });
  });

  it("neither works nor is made while local sign-in is off", async () => {
    const database = await testDatabase();
    const { token } = await invite(database);
    await saveSetting(asAda(database), {
      name: "sign-in",
      value: { requireSecondFactor: false, idleMinutes: 60, absoluteHours: 24, localSignIn: false },
    });
    await expect(
      acceptInvitation(database.nobodyCtx(), { token, peer, name: "Bob", password: PASSWORD }),
    ).rejects.toMatchObject({ code: "forbidden" });
    await expect(invite(database, { email: "x@example.test" })).rejects.toMatchObject({
      code: "invalid-input",
    });
  });
});
