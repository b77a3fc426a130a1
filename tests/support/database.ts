import { inject, onTestFinished } from "vitest";
import { type ClientId, clientId } from "~/domain/id";
import type { Actor, UserActor } from "~/domain/permission";
import type { Ctx } from "~/server/context";
import { openPool, type Pool } from "~/server/db";
import { newId } from "~/server/db/new-id";
import { users } from "~/server/db/schema/access";
import "./app-key";
import { personActor } from "./person";
import { createTestDatabase, dropTestDatabase } from "./postgres";

// Before the settings are read for the first time.
process.env.APP_URL ??= "https://backup.example.test:3000";
process.env.LOG_LEVEL ??= "error";

/** The instant at which every test begins. */
export const TEST_START = new Date("2026-11-23T10:00:00.000Z");

export interface TestDatabase {
  pool: Pool;
  url: string;
  /** A ctx for anybody at any time; the database's own admin by default, {@link TEST_START} by default. */
  ctx(given?: { actor?: Actor; now?: Date }): Ctx;
  /** The admin that exists in a fresh test database. */
  admin: UserActor;
  agentCtx(client: ClientId | string, now?: Date): Ctx;
  workerCtx(now?: Date): Ctx;
  nobodyCtx(now?: Date): Ctx;
}

/**
 * A fresh, migrated database for the test that runs, dropped when it ends. It is also the pool of this process, so code that makes
 * its own ctx meets it. `empty`: without the admin account.
 */
export async function testDatabase(given: { empty?: boolean } = {}): Promise<TestDatabase> {
  const adminUrl = inject("databaseAdminUrl");
  const name = `test_${newId()}`;
  const url = await createTestDatabase(adminUrl, name);
  const pool = openPool(url, { most: 8, applicationName: "test" });
  const shared = globalThis as typeof globalThis & { bbsPool?: Pool };
  shared.bbsPool = pool;
  onTestFinished(async () => {
    await pool.end();
    await dropTestDatabase(adminUrl, name);
  });
  const admin = given.empty ? newAdmin() : await insertAdmin(pool);
  const ctx: TestDatabase["ctx"] = ({ actor = admin, now = TEST_START } = {}) => ({
    db: pool.db,
    now,
    actor,
  });
  return {
    pool,
    url,
    ctx,
    admin,
    agentCtx: (client, now) => ctx({ actor: { kind: "agent", clientId: clientId.parse(client) }, now }),
    workerCtx: (now) => ctx({ actor: { kind: "worker" }, now }),
    nobodyCtx: (now) => ctx({ actor: { kind: "nobody" }, now }),
  };
}

/** `start` plus some time, for `ctx({ now })`. */
export function later(
  time: { hours?: number; minutes?: number; seconds?: number },
  start = TEST_START,
): Date {
  const { hours = 0, minutes = 0, seconds = 0 } = time;
  return new Date(start.getTime() + ((hours * 60 + minutes) * 60 + seconds) * 1000);
}

function newAdmin(): TestDatabase["admin"] {
  return personActor({ role: "admin" });
}

/** Directly, because hashing a password takes a quarter of a second and most tests do not sign in. */
async function insertAdmin(pool: Pool): Promise<TestDatabase["admin"]> {
  const admin = newAdmin();
  await pool.db.insert(users).values({
    id: admin.userId,
    email: "admin@example.test",
    name: "Ada Admin",
    passwordHash: "none",
    role: "admin",
    createdAt: TEST_START,
  });
  return admin;
}
