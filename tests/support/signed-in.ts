import { hash } from "@node-rs/bcrypt";
import { generate } from "otplib";
import type { UserId } from "~/domain/id";
import { userId } from "~/domain/id";
import type { Role } from "~/domain/permission";
import { beginTotp, confirmTotp } from "~/server/access/add-totp";
import { findSignIn } from "~/server/access/find-sign-in";
import { type NewSignIn, startSignIn } from "~/server/access/start-sign-in";
import type { Ctx } from "~/server/context";
import { newId } from "~/server/db/new-id";
import { users } from "~/server/db/schema/access";
import { TEST_START, type TestDatabase } from "./database";

export const PEER = "192.0.2.7";
export const PASSWORD = "correct horse battery";

export interface Person {
  userId: UserId;
  email: string;
  signInId: string;
}

/** A person with rows of their own who has just signed in at {@link TEST_START}. */
export async function signedInPerson(
  database: TestDatabase,
  given: { role?: Role; by?: NewSignIn["by"]; now?: Date } = {},
): Promise<Person> {
  const id = newId();
  const email = `${id}@example.test`;
  await database.pool.db.insert(users).values({
    ...{ id, email, name: "Bo Person", role: given.role ?? "user", createdAt: TEST_START },
    // Cheap: what is tested is not how long it takes.
    passwordHash: given.by === "oidc" ? null : await hash(PASSWORD, { cost: 4 }),
  });
  const signInId = await signInAgain(database, { userId: id, ...given });
  return { userId: userId.parse(id), email, signInId };
}

/** Another sign-in of somebody, with nothing but the first step done. */
export async function signInAgain(
  database: TestDatabase,
  given: { userId: string; by?: NewSignIn["by"]; now?: Date },
): Promise<string> {
  const ctx = database.nobodyCtx(given.now);
  const { signInId } = await startSignIn(ctx, {
    ...{ userId: given.userId, by: given.by ?? "password", secondFactorShown: false },
    ...{ peer: PEER, device: "a browser" },
  });
  return signInId;
}

/** What a request with the cookie of this sign-in is: the rows decide who asks. */
export async function ctxOf(database: TestDatabase, signInId: string, now = TEST_START): Promise<Ctx> {
  const nobody = database.nobodyCtx(now);
  return { ...nobody, actor: (await findSignIn(nobody, signInId)) ?? nobody.actor };
}

/** The code that an authenticator app with this secret shows. */
export async function codeAt(secret: string, now = TEST_START): Promise<string> {
  return generate({ secret, epoch: Math.floor(now.getTime() / 1000) });
}

/** Gives a person an authenticator app; its first code (of `now`) is spent. */
export async function withTotp(
  database: TestDatabase,
  person: Person,
  now = TEST_START,
): Promise<Person & { secret: string }> {
  const ctx = await ctxOf(database, person.signInId, now);
  const { secret } = await beginTotp(ctx);
  const { signInId } = await confirmTotp(ctx, { code: await codeAt(secret, now) });
  return { ...person, signInId, secret };
}

/** The same person who has just confirmed. */
export function confirmed(ctx: Ctx): Ctx {
  if (ctx.actor.kind !== "user") throw new Error("nobody is signed in");
  return { ...ctx, actor: { ...ctx.actor, confirmedAt: ctx.now } };
}
