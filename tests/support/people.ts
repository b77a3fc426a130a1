import { userId } from "~/domain/id";
import type { Grant, Role, UserActor } from "~/domain/permission";
import { findSignIn } from "~/server/access/find-sign-in";
import { createCaller } from "~/server/api/root";
import type { Ctx } from "~/server/context";
import type { Pool } from "~/server/db";
import { newId } from "~/server/db/new-id";
import { grants, signIns, users } from "~/server/db/schema/access";
import { later, TEST_START, type TestDatabase } from "./database";
import { personActor } from "./person";

export interface TestPerson {
  userId: string;
  email: string;
  /** A sign-in of theirs. */
  signInId: string;
}

/** A person with rows behind them and one sign-in, whole and freshly confirmed; a user with nothing granted unless it is given. */
export async function insertPerson(
  database: Pick<TestDatabase, "pool">,
  given: {
    name: string;
    role?: Role;
    grants?: readonly Grant[];
    pending?: boolean;
    disabled?: boolean;
    passwordHash?: string;
  },
): Promise<TestPerson> {
  const { db } = database.pool;
  const id = newId();
  const email = `${given.name.toLowerCase().replaceAll(" ", ".")}@example.test`;
  await db.insert(users).values({
    ...{ id, email, name: given.name, role: given.role ?? "user", createdAt: TEST_START },
    passwordHash: given.passwordHash ?? "none",
    disabledAt: given.disabled ? TEST_START : null,
    pendingSince: given.pending ? TEST_START : null,
  });
  for (const { clientId, tag, permissions } of given.grants ?? []) {
    await db.insert(grants).values({
      ...{ id: newId(), userId: id, clientId, tag, createdAt: TEST_START },
      permissions: [...permissions],
    });
  }
  return { userId: id, email, signInId: await insertSignIn(database, id) };
}

/** One more device on which a person is signed in. */
export async function insertSignIn(
  database: Pick<TestDatabase, "pool">,
  person: string,
  given: { device?: string; address?: string } = {},
): Promise<string> {
  const id = newId();
  await database.pool.db.insert(signIns).values({
    ...{ id, userId: person, createdAt: TEST_START, lastSeenAt: TEST_START, confirmedAt: TEST_START },
    expiresAt: later({ hours: 24 * 7 }),
    device: given.device ?? null,
    address: given.address ?? null,
  });
  return id;
}

/** What the next request with this sign-in is: its person as the rows have them now, or nobody. `pool`: the replica it goes to. */
export async function nextRequest(pool: Pool, signInId: string, now = later({ minutes: 1 })): Promise<Ctx> {
  const actor = (await findSignIn({ db: pool.db, now }, signInId)) ?? { kind: "nobody" as const };
  return { db: pool.db, now, actor };
}

/** Everything that a request may call, as the person whose sign-in it carries. */
export async function callerOf(pool: Pool, signInId: string, now?: Date) {
  return createCaller({ ...(await nextRequest(pool, signInId, now)), peer: null });
}

/** The database's own admin, who has just shown the password again. */
export function confirmedAdmin(database: TestDatabase): UserActor {
  return { ...database.admin, confirmedAt: TEST_START };
}

/** An admin's ctx for {@link insertPerson}'s people: as if they asked, freshly confirmed. */
export function asAdmin(database: TestDatabase, person: { userId: string }): Ctx {
  return database.ctx({
    actor: personActor({ userId: userId.parse(person.userId), role: "admin", confirmedAt: TEST_START }),
  });
}
