import { randomBytes } from "node:crypto";
import { encode } from "next-auth/jwt";
import { expect, it } from "vitest";
import { createApiContext } from "~/server/api/context";
import { newId } from "~/server/db/new-id";
import { signIns } from "~/server/db/schema/access";
import { cookieSecrets } from "~/server/secrets/app-key";
import { type TestDatabase, testDatabase } from "~tests/support/database";

const newKey = () => randomBytes(32).toString("base64");

// Before the settings are read for the first time: a server whose key was just changed.
process.env.APP_KEY = `${newKey()},${newKey()}`;

async function signedIn(database: TestDatabase): Promise<string> {
  const id = newId();
  const now = new Date();
  const expiresAt = new Date(now.getTime() + 3_600_000);
  await database.pool.db
    .insert(signIns)
    .values({ id, userId: database.admin.userId, createdAt: now, lastSeenAt: now, expiresAt });
  return id;
}

async function whoAsks(sid: string, secret: string) {
  const cookie = `__Host-bbs.sign-in=${await encode({ token: { sid }, secret })}`;
  return (await createApiContext(new Headers({ cookie }))).actor;
}

it("a new key signs nobody out: cookies of the older one are still read, of any other not", async () => {
  const database = await testDatabase();
  const sid = await signedIn(database);
  const [newest, older = ""] = cookieSecrets();
  expect(older).not.toBe("");
  for (const secret of [newest, older])
    expect(await whoAsks(sid, secret)).toMatchObject({ kind: "user", userId: database.admin.userId });
  expect(await whoAsks(sid, newKey())).toEqual({ kind: "nobody" });
});
