import type { Actor, Grant, Role, Scope } from "~/domain/permission";
import { findSignIn } from "~/server/access/find-sign-in";
import { findTokenOwner } from "~/server/access/find-token-owner";
import { newId } from "~/server/db/new-id";
import { apiTokens, grants, signIns, totpFactors, users } from "~/server/db/schema/access";
import { sealSecret } from "~/server/secrets/seal-secret";
import { hashToken, newToken } from "~/server/token";
import type { TestDatabase } from "./database";

export interface NewPerson {
  role?: Role;
  grants?: readonly Grant[];
  disabledAt?: Date;
  pendingSince?: Date;
  hasTotp?: boolean;
}

/** A person as rows: what they may do is read from these and from nothing else. */
export async function insertPerson(database: TestDatabase, given: NewPerson): Promise<string> {
  const { db } = database.pool;
  const id = newId();
  const createdAt = new Date();
  const { role = "user", disabledAt = null, pendingSince = null } = given;
  await db.insert(users).values({
    ...{ id, email: `${id}@example.test`, name: "Somebody", role, createdAt, disabledAt, pendingSince },
  });
  for (const grant of given.grants ?? []) {
    await db
      .insert(grants)
      .values({ id: newId(), userId: id, ...grant, permissions: [...grant.permissions], createdAt });
  }
  if (given.hasTotp) {
    const place = { table: "totp_factors", column: "secret_sealed", rowId: id };
    const secretSealed = sealSecret("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", place);
    await db.insert(totpFactors).values({ userId: id, secretSealed, createdAt, confirmedAt: createdAt });
  }
  return id;
}

/** Who somebody is to the server after signing in with a password a moment ago, without anything more. Read from the rows. */
export async function signedInAs(database: TestDatabase, given: NewPerson): Promise<Actor> {
  const userId = await insertPerson(database, given);
  const id = newId();
  const now = new Date();
  await database.pool.db.insert(signIns).values({
    ...{ id, userId, createdAt: now, lastSeenAt: now, confirmedAt: now },
    expiresAt: new Date(now.getTime() + 3_600_000),
  });
  return (await findSignIn({ db: database.pool.db, now }, id)) ?? { kind: "nobody" };
}

/** Who the bearer of a token is to the server. Read from the rows. */
export async function bearerOf(
  database: TestDatabase,
  given: { userId: string; scopes: readonly Scope[] },
): Promise<Actor> {
  const { token } = await insertToken(database, given);
  return (await findTokenOwner({ db: database.pool.db, now: new Date() }, token)) ?? { kind: "nobody" };
}

/** A token with exactly these scopes, also such as no form would make. */
export async function insertToken(
  database: TestDatabase,
  given: { userId: string; scopes: readonly Scope[] },
): Promise<{ token: string; tokenId: string }> {
  const token = newToken("bbs_");
  const tokenId = newId();
  await database.pool.db.insert(apiTokens).values({
    ...{ id: tokenId, userId: given.userId, name: "a script", scopes: [...given.scopes] },
    ...{ tokenHash: hashToken(token), createdAt: new Date() },
  });
  return { token, tokenId };
}
