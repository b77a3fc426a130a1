import { describe, expect, it } from "vitest";
import { GRANTABLE, PRESETS } from "~/domain/permission";
import { approvePerson } from "~/server/access/approve-person";
import { disablePerson, enablePerson } from "~/server/access/disable-person";
import { findTokenOwner } from "~/server/access/find-token-owner";
import { getPerson } from "~/server/access/get-person";
import { listPeople } from "~/server/access/list-people";
import { setGrants } from "~/server/access/set-grants";
import { updatePerson } from "~/server/access/update-person";
import { createClient } from "~/server/clients/create-client";
import { openPool } from "~/server/db";
import { newId } from "~/server/db/new-id";
import { apiTokens, passwordResets } from "~/server/db/schema/access";
import { journalEntries } from "~/server/db/schema/journal";
import { hashToken } from "~/server/token";
import { later, TEST_START, type TestDatabase, testDatabase } from "~tests/support/database";
import {
  asAdmin,
  callerOf,
  confirmedAdmin,
  insertPerson,
  insertSignIn,
  nextRequest,
} from "~tests/support/people";

const asAda = (database: TestDatabase) => database.ctx({ actor: confirmedAdmin(database) });
const everything = { clientId: null, tag: null, permissions: [...PRESETS.owner] };

async function journalOf(database: TestDatabase) {
  const rows = await database.pool.db.select().from(journalEntries).orderBy(journalEntries.id);
  return rows.map(({ action, say, detail, actorName }) => ({ action, say, detail, actorName }));
}

async function insertToken(database: TestDatabase, userId: string): Promise<string> {
  const token = `bbs_${newId()}`;
  await database.pool.db
    .insert(apiTokens)
    .values({ id: newId(), userId, name: "script", tokenHash: hashToken(token), createdAt: TEST_START });
  return token;
}

describe("people", () => {
  it("are listed by name with role, permissions, second factor and when they were seen, page by page", async () => {
    const database = await testDatabase();
    const { id } = await createClient(database.ctx(), { name: "web-01" });
    const grant = { clientId: id, tag: null, permissions: [...PRESETS.operator] };
    const bob = await insertPerson(database, { name: "Bob", grants: [grant] });
    await insertPerson(database, { name: "Carla", pending: true });
    await insertPerson(database, { name: "Dan", disabled: true });
    const all = await listPeople(database.ctx(), { limit: 50 });
    expect(all.items.map(({ name, role, state }) => [name, role, state])).toEqual([
      ["Ada Admin", "admin", "active"],
      ["Bob", "user", "active"],
      ["Carla", "user", "pending"],
      ["Dan", "user", "disabled"],
    ]);
    expect(all.items[1]).toMatchObject({
      ...{ id: bob.userId, hasSecondFactor: false, hasPassword: true, lastSeenAt: TEST_START },
      grants: [{ ...grant, clientName: "web-01" }],
    });
    expect(all.items[0]?.lastSeenAt).toBeNull();
    const waiting = await listPeople(database.ctx(), { state: "pending", limit: 50 });
    expect(waiting.items.map(({ name }) => name)).toEqual(["Carla"]);
    const found = await listPeople(database.ctx(), { search: "DAN@", limit: 50 });
    expect(found.items.map(({ name }) => name)).toEqual(["Dan"]);
    const first = await listPeople(database.ctx(), { limit: 3 });
    const rest = await listPeople(database.ctx(), { limit: 3, cursor: first.nextCursor });
    expect([...first.items, ...rest.items].map(({ name }) => name)).toEqual(
      all.items.map(({ name }) => name),
    );
  });

  it("have exactly the grants that an admin sets, with seeing in each, and the journal tells both sides", async () => {
    const database = await testDatabase();
    const { id } = await createClient(database.ctx(), { name: "web-01" });
    const before = { clientId: null, tag: "web", permissions: ["view" as const] };
    const bob = await insertPerson(database, { name: "Bob", grants: [before] });
    await setGrants(asAda(database), {
      userId: bob.userId,
      grants: [
        { clientId: id, tag: null, permissions: ["restore"] },
        { clientId: id, tag: null, permissions: ["backup"] },
        { clientId: null, tag: "empty", permissions: [] },
      ],
    });
    const after = { clientId: id, tag: null, permissions: ["view", "backup", "restore"] };
    expect((await getPerson(database.ctx(), bob)).grants).toEqual([{ ...after, clientName: "web-01" }]);
    expect((await journalOf(database)).at(-1)).toMatchObject({
      ...{ action: "user.grants", actorName: "Ada Admin" },
      detail: { userId: bob.userId, before: [before], after: [after] },
    });
    await expect(
      setGrants(asAda(database), {
        userId: bob.userId,
        grants: [{ clientId: "nosuchclient", tag: null, permissions: ["view"] }],
      }),
    ).rejects.toMatchObject({ code: "not-found" });
    await expect(setGrants(asAda(database), { userId: "nobody", grants: [] })).rejects.toMatchObject({
      code: "not-found",
    });
    expect((await getPerson(database.ctx(), bob)).grants).toHaveLength(1);
  });

  it("cannot be given what is an admin's alone, nor both a client and a tag at once, over the API", async () => {
    const database = await testDatabase();
    const { id } = await createClient(database.ctx(), { name: "web-01" });
    const bob = await insertPerson(database, { name: "Bob" });
    const ada = await insertSignIn(database, database.admin.userId);
    const caller = await callerOf(database.pool, ada);
    const wrong: unknown[] = [
      { clientId: null, tag: null, permissions: ["manage-clients"] },
      { clientId: null, tag: null, permissions: ["administer"] },
      { clientId: id, tag: "web", permissions: ["view"] },
    ];
    for (const grant of wrong) {
      const input: unknown = { userId: bob.userId, grants: [grant] };
      await expect(Reflect.apply(caller.people.setGrants, null, [input])).rejects.toMatchObject({
        code: "BAD_REQUEST",
      });
    }
    await caller.people.setGrants({
      userId: bob.userId,
      grants: [{ clientId: null, tag: " WEB ", permissions: [...GRANTABLE] }],
    });
    expect((await getPerson(database.ctx(), bob)).grants).toMatchObject([{ tag: "web" }]);
  });

  it("lose and win permissions with the very next request, on every replica", async () => {
    const database = await testDatabase();
    const replica = openPool(database.url, { most: 2, applicationName: "replica" });
    try {
      const { id } = await createClient(database.ctx(), { name: "web-01" });
      const bob = await insertPerson(database, { name: "Bob", grants: [everything] });
      const names = async () => {
        const caller = await callerOf(replica, bob.signInId);
        return (await caller.clients.list({})).items.map(({ name }) => name);
      };
      expect(await names()).toEqual(["web-01"]);
      await setGrants(asAda(database), { userId: bob.userId, grants: [] });
      await expect(names()).rejects.toMatchObject({ code: "FORBIDDEN" });
      await setGrants(asAda(database), {
        userId: bob.userId,
        grants: [{ clientId: id, tag: null, permissions: ["view"] }],
      });
      expect(await names()).toEqual(["web-01"]);
      const people = async () => (await callerOf(replica, bob.signInId)).people.list({});
      await expect(people()).rejects.toMatchObject({ code: "FORBIDDEN" });
      const { name, email } = await getPerson(database.ctx(), bob);
      await updatePerson(asAda(database), { userId: bob.userId, name, email, role: "admin" });
      expect((await people()).items).toHaveLength(2);
      await updatePerson(asAda(database), { userId: bob.userId, name, email, role: "user" });
      await expect(people()).rejects.toMatchObject({ code: "FORBIDDEN" });
      await disablePerson(asAda(database), bob);
      await expect(names()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
    } finally {
      await replica.end();
    }
  });

  it("who are disabled are out on every device, their tokens and links are dead, and stay so when enabled again", async () => {
    const database = await testDatabase();
    const bob = await insertPerson(database, { name: "Bob", grants: [everything] });
    const phone = await insertSignIn(database, bob.userId);
    const token = await insertToken(database, bob.userId);
    await database.pool.db.insert(passwordResets).values({
      ...{ id: newId(), userId: bob.userId, tokenHash: hashToken("reset"), createdAt: TEST_START },
      expiresAt: later({ hours: 1 }),
    });
    expect(await findTokenOwner(database.nobodyCtx(), token)).toMatchObject({ userId: bob.userId });
    await disablePerson(asAda(database), bob);
    await disablePerson(asAda(database), bob);
    const dead = async () => [
      (await nextRequest(database.pool, bob.signInId)).actor.kind,
      (await nextRequest(database.pool, phone)).actor.kind,
      await findTokenOwner(database.nobodyCtx(), token),
    ];
    expect(await dead()).toEqual(["nobody", "nobody", null]);
    const [reset] = await database.pool.db.select().from(passwordResets);
    expect(reset?.usedAt).toEqual(TEST_START);
    await enablePerson(asAda(database), bob);
    expect(await dead()).toEqual(["nobody", "nobody", null]);
    const again = await insertSignIn(database, bob.userId);
    expect((await nextRequest(database.pool, again)).actor).toMatchObject({ grants: [everything] });
    const told = await journalOf(database);
    expect(told.map(({ action }) => action)).toEqual(["user.disabled", "user.enabled"]);
    expect(told[0]?.detail).toMatchObject({ userId: bob.userId, endedSignIns: 2, revokedTokens: 1 });
    await expect(enablePerson(asAda(database), bob)).rejects.toMatchObject({ code: "invalid-input" });
  });

  it("get a new name and address; links to a new password that went to the old one die", async () => {
    const database = await testDatabase();
    const bob = await insertPerson(database, { name: "Bob" });
    await database.pool.db.insert(passwordResets).values({
      ...{ id: newId(), userId: bob.userId, tokenHash: hashToken("reset"), createdAt: TEST_START },
      expiresAt: later({ hours: 1 }),
    });
    const to = (email: string) =>
      updatePerson(asAda(database), { userId: bob.userId, name: "Robert", email, role: "user" });
    await to("BOB@example.test");
    expect((await database.pool.db.select().from(passwordResets))[0]?.usedAt).toBeNull();
    await to("robert@example.test");
    expect((await database.pool.db.select().from(passwordResets))[0]?.usedAt).toEqual(TEST_START);
    await expect(to("ADMIN@example.test")).rejects.toMatchObject({ code: "name-taken" });
    expect((await journalOf(database)).at(-1)).toMatchObject({
      action: "user.changed",
      detail: {
        userId: bob.userId,
        before: { name: "Robert", email: "BOB@example.test", role: "user" },
        after: { name: "Robert", email: "robert@example.test", role: "user" },
      },
    });
  });

  it("who wait are let in once, with what the admin says", async () => {
    const database = await testDatabase();
    const carla = await insertPerson(database, { name: "Carla", pending: true });
    const clients = async () => (await callerOf(database.pool, carla.signInId)).clients.list({});
    await expect(clients()).rejects.toMatchObject({ cause: { code: "approval-pending" } });
    const grants = [{ clientId: null, tag: null, permissions: [...PRESETS.viewer] }];
    await approvePerson(asAda(database), { userId: carla.userId, role: "user", grants });
    expect((await clients()).items).toEqual([]);
    expect((await journalOf(database)).at(-1)).toMatchObject({
      action: "user.approved",
      detail: { userId: carla.userId, after: { role: "user", grants } },
    });
    await expect(
      approvePerson(asAda(database), { userId: carla.userId, role: "admin", grants: [] }),
    ).rejects.toMatchObject({ code: "invalid-input" });
  });

  it("see how they are signed in only as admins, who can end it", async () => {
    const database = await testDatabase();
    const bob = await insertPerson(database, { name: "Bob" });
    const laptop = await insertSignIn(database, bob.userId, { device: "Firefox", address: "192.0.2.7" });
    const ada = await insertSignIn(database, database.admin.userId);
    const admin = await callerOf(database.pool, ada);
    expect(await admin.people.sessions({ userId: bob.userId })).toHaveLength(2);
    expect(await admin.people.sessions({ userId: bob.userId })).toContainEqual({
      ...{ id: laptop, createdAt: TEST_START, lastSeenAt: TEST_START, by: "password" },
      ...{ address: "192.0.2.7", device: "Firefox" },
    });
    await admin.people.endSession({ userId: bob.userId, signInId: laptop });
    expect((await nextRequest(database.pool, laptop)).actor.kind).toBe("nobody");
    expect((await nextRequest(database.pool, bob.signInId)).actor.kind).toBe("user");
    expect((await journalOf(database)).at(-1)).toMatchObject({
      action: "sign-in.ended",
      detail: { userId: bob.userId, address: "192.0.2.7", device: "Firefox" },
    });
    // Somebody else's sign-in under the name of this person, and one that has ended.
    for (const signInId of [ada, laptop])
      await expect(admin.people.endSession({ userId: bob.userId, signInId })).rejects.toMatchObject({
        code: "NOT_FOUND",
      });
    const asBob = await callerOf(database.pool, bob.signInId);
    await expect(asBob.people.sessions({ userId: database.admin.userId })).rejects.toMatchObject({
      code: "FORBIDDEN",
    });
  });
});

describe("giving rights", () => {
  it("asks the admin to confirm who they are; taking away does not", async () => {
    const database = await testDatabase();
    const bob = await insertPerson(database, { name: "Bob", grants: [everything] });
    const left = database.ctx();
    const { name, email } = await getPerson(left, bob);
    const refused = { code: "confirmation-needed" };
    const update = (given: { email?: string; role?: "admin" | "user" }) =>
      updatePerson(left, { userId: bob.userId, name, email, role: "user", ...given });
    await expect(update({ role: "admin" })).rejects.toMatchObject(refused);
    await expect(update({ email: "mine@example.test" })).rejects.toMatchObject(refused);
    await setGrants(left, {
      userId: bob.userId,
      grants: [{ clientId: null, tag: null, permissions: ["view"] }],
    });
    await expect(setGrants(left, { userId: bob.userId, grants: [everything] })).rejects.toMatchObject(
      refused,
    );
    await setGrants(left, { userId: bob.userId, grants: [] });
    await disablePerson(left, bob);
  });
});

describe("the last admin", () => {
  it("cannot be demoted, disabled or deleted, for nobody can do that to themselves", async () => {
    const database = await testDatabase();
    const ada = asAda(database);
    const { userId } = database.admin;
    const { name, email } = await getPerson(ada, { userId });
    const caller = await callerOf(database.pool, await insertSignIn(database, userId));
    await expect(updatePerson(ada, { userId, name, email, role: "user" })).rejects.toMatchObject({
      code: "invalid-input",
    });
    await expect(disablePerson(ada, { userId })).rejects.toMatchObject({ code: "invalid-input" });
    await expect(caller.people.remove({ userId, typedEmail: email })).rejects.toMatchObject({
      cause: { code: "invalid-input" },
    });
    await updatePerson(ada, { userId, name: "Ada Lovelace", email, role: "admin" });
    expect(await getPerson(ada, { userId })).toMatchObject({ name: "Ada Lovelace", role: "admin" });
  });

  it("stays when two admins shut each other out at the same moment, eight times", async () => {
    const database = await testDatabase();
    for (let round = 0; round < 8; round++) {
      const [one, other] = [
        await insertPerson(database, { name: `One ${round}`, role: "admin" }),
        await insertPerson(database, { name: `Other ${round}`, role: "admin" }),
      ];
      const done = await Promise.allSettled([
        disablePerson(asAdmin(database, one), other),
        round % 2 === 0
          ? disablePerson(asAdmin(database, other), one)
          : updatePerson(asAdmin(database, other), {
              ...{ userId: one.userId, name: "One", email: one.email, role: "user" },
            }),
      ]);
      expect(done.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      const states = await Promise.all([one, other].map((person) => getPerson(database.ctx(), person)));
      expect(states.filter(({ state, role }) => state === "active" && role === "admin")).toHaveLength(1);
    }
  });

  it("is asked for as the rows have it, not as the request began: a demoted admin does nothing more", async () => {
    const database = await testDatabase();
    const eve = await insertPerson(database, { name: "Eve", role: "admin" });
    const bob = await insertPerson(database, { name: "Bob" });
    const began = asAdmin(database, eve);
    await updatePerson(asAda(database), {
      ...{ userId: eve.userId, name: "Eve", email: eve.email, role: "user" },
    });
    await expect(setGrants(began, { userId: bob.userId, grants: [everything] })).rejects.toMatchObject({
      code: "forbidden",
    });
    await expect(disablePerson(began, { userId: database.admin.userId })).rejects.toMatchObject({
      code: "forbidden",
    });
  });
});
