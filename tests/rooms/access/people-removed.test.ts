import { sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { PRESETS } from "~/domain/permission";
import { findTokenOwner } from "~/server/access/find-token-owner";
import { invitePerson } from "~/server/access/invite-person";
import { listInvitations } from "~/server/access/list-invitations";
import { removePerson } from "~/server/access/remove-person";
import { newId } from "~/server/db/new-id";
import {
  apiTokens,
  grants,
  oidcIdentities,
  passkeyChallenges,
  passkeys,
  passwordResets,
  recoveryCodes,
  totpFactors,
  users,
} from "~/server/db/schema/access";
import { journalEntries } from "~/server/db/schema/journal";
import { appendEntry } from "~/server/journal/append-entry";
import { verifyJournal } from "~/server/journal/verify-journal";
import { sealSecret } from "~/server/secrets/seal-secret";
import { hashToken } from "~/server/token";
import { later, TEST_START, type TestDatabase, testDatabase } from "~tests/support/database";
import { asAdmin, confirmedAdmin, insertPerson, nextRequest, type TestPerson } from "~tests/support/people";

/** A row in every table that names a person, so that none of them can stand in the way. */
async function insertAllOf(database: TestDatabase, { userId }: TestPerson): Promise<void> {
  const { db } = database.pool;
  const times = { createdAt: TEST_START, expiresAt: later({ hours: 1 }) };
  await db.insert(grants).values({
    ...{ id: newId(), userId, clientId: null, tag: null, createdAt: TEST_START },
    permissions: [...PRESETS.owner],
  });
  await db.insert(apiTokens).values({
    ...{ id: newId(), userId, name: "script", tokenHash: hashToken("bbs_x"), createdAt: TEST_START },
  });
  await db.insert(passwordResets).values({ id: newId(), userId, tokenHash: hashToken("r"), ...times });
  await db.insert(totpFactors).values({
    ...{ userId, createdAt: TEST_START, confirmedAt: TEST_START },
    secretSealed: sealSecret("secret", { table: "totp_factors", column: "secret_sealed", rowId: userId }),
  });
  await db.insert(recoveryCodes).values({
    ...{ id: newId(), userId, lookup: "abcd", codeHash: "hash", createdAt: TEST_START },
  });
  await db.insert(passkeys).values({
    ...{ id: newId(), userId, credentialId: newId(), publicKey: "key", counter: 0, transports: [] },
    ...{ backedUp: false, name: "key", createdAt: TEST_START },
  });
  await db.insert(passkeyChallenges).values({
    ...{ id: newId(), userId, challenge: "c", purpose: "register", ...times },
  });
  await db.insert(oidcIdentities).values({
    ...{ id: newId(), userId, issuer: "https://id.example.test", subject: "7", createdAt: TEST_START },
  });
}

describe("a person who is deleted", () => {
  it("is gone from every table that names people, and stays in the journal by name", async () => {
    const database = await testDatabase();
    const eve = await insertPerson(database, { name: "Eve", role: "admin" });
    await insertAllOf(database, eve);
    await invitePerson(asAdmin(database, eve), {
      ...{ email: "backdoor@example.test", name: "Eve's friend", role: "admin", grants: [] },
    });
    await appendEntry(asAdmin(database, eve), { action: "plan.keep", say: "Changed a plan." });
    const ada = database.ctx({ actor: confirmedAdmin(database) });

    await expect(removePerson(ada, { userId: eve.userId, typedEmail: "eve@example" })).rejects.toMatchObject({
      code: "invalid-input",
    });
    await removePerson(ada, { userId: eve.userId, typedEmail: eve.email });

    expect((await tablesNaming(database, eve.userId)).filter(({ left }) => left > 0)).toEqual([]);
    expect((await nextRequest(database.pool, eve.signInId)).actor.kind).toBe("nobody");
    expect(await findTokenOwner(database.nobodyCtx(), "bbs_x")).toBeNull();
    // The invitation of a person who is gone lets nobody in.
    expect(await listInvitations(ada)).toMatchObject([{ state: "withdrawn", invitedBy: null }]);
    const told = await database.pool.db.select().from(journalEntries).orderBy(journalEntries.id);
    expect(told.map(({ actorName, action }) => [actorName, action])).toEqual([
      ["Eve", "user.invited"],
      ["Eve", "plan.keep"],
      ["Ada Admin", "user.deleted"],
    ]);
    expect(told.at(-1)?.detail).toEqual({
      ...{ userId: eve.userId, before: { name: "Eve", email: eve.email, role: "admin" } },
    });
    expect(await verifyJournal(ada)).toMatchObject({ intact: true, entries: 3 });
    await expect(removePerson(ada, { userId: eve.userId, typedEmail: eve.email })).rejects.toMatchObject({
      code: "not-found",
    });
    expect(await database.pool.db.select({ name: users.name }).from(users)).toEqual([{ name: "Ada Admin" }]);
  });

  it("may come back under the same address as somebody new, with nothing of before", async () => {
    const database = await testDatabase();
    const bob = await insertPerson(database, {
      name: "Bob",
      grants: [{ clientId: null, tag: null, permissions: [...PRESETS.owner] }],
    });
    const ada = database.ctx({ actor: confirmedAdmin(database) });
    await removePerson(ada, { userId: bob.userId, typedEmail: bob.email });
    const again = await insertPerson(database, { name: "Bob" });
    expect((await nextRequest(database.pool, again.signInId)).actor).toMatchObject({ grants: [] });
  });
});

/** Every column that refers to a person, as the database itself knows them, and how many rows still do. */
async function tablesNaming(database: TestDatabase, userId: string) {
  const { db } = database.pool;
  const columns = await db.execute<{ name: string; column: string }>(sql`
    select k.conrelid::regclass::text as name, a.attname as "column"
    from pg_constraint k join pg_attribute a on a.attrelid = k.conrelid and a.attnum = any(k.conkey)
    where k.contype = 'f' and k.confrelid = 'users'::regclass order by 1, 2`);
  return Promise.all(
    [...columns].map(async ({ name, column }) => {
      const [found] = await db.execute<{ left: number }>(
        sql`select count(*)::int as left from ${sql.identifier(name)} where ${sql.identifier(column)} = ${userId}`,
      );
      return { name, column, left: found?.left ?? 0 };
    }),
  );
}
