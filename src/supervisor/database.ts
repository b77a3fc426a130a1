import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import postgres from "postgres";
import { connectionOptions } from "~/server/db";
import { APP_ROLE, OWNER_ROLE } from "./postgres";
import { StartRefusal } from "./refuse-start";

/** Any number: it only has to be the same in every program of ours that migrates. */
const MIGRATION_LOCK = 7_204_118;

/**
 * Makes the two roles and the database of the embedded cluster when they are missing, and the grants: what `bbs_owner` makes, `bbs_app`
 * may read and write but never alter. `adminUrl` is of ADMIN_ROLE on the database `postgres`. May run twice.
 */
export async function ensureDatabase(adminUrlFor: (database: string) => string, name: string): Promise<void> {
  await withConnection(adminUrlFor("postgres"), async (sql) => {
    for (const role of [OWNER_ROLE, APP_ROLE]) {
      const known = await sql`select 1 from pg_roles where rolname = ${role}`;
      if (known.length === 0) await sql`create role ${sql(role)} login`;
    }
    const known = await sql`select 1 from pg_database where datname = ${name}`;
    if (known.length === 0) await sql`create database ${sql(name)} owner ${sql(OWNER_ROLE)}`;
    await sql`revoke all on database ${sql(name)} from public`;
    await sql`grant connect, temporary on database ${sql(name)} to ${sql(APP_ROLE)}`;
  });
  await withConnection(adminUrlFor(name), async (sql) => {
    await sql`grant usage on schema public to ${sql(APP_ROLE)}`;
    const defaults = sql`alter default privileges for role ${sql(OWNER_ROLE)} in schema public`;
    await sql`${defaults} grant select, insert, update, delete on tables to ${sql(APP_ROLE)}`;
    await sql`${defaults} grant usage, select on sequences to ${sql(APP_ROLE)}`;
  });
}

/**
 * Brings the database of `url` to this program's schema, from the migrations in `folder`. Two programs may run it at once: one waits for
 * the other. Refuses a database that a newer version has already migrated; nothing is changed then, nor when a migration fails: all of
 * them are one transaction.
 */
export async function migrateDatabase(url: string, folder: string): Promise<void> {
  const known = await knownMigrations(folder);
  await withConnection(url, async (sql) => {
    await sql`select pg_advisory_lock(${MIGRATION_LOCK})`;
    const newest = await newestMigration(sql);
    if (newest !== null && newest > Math.max(...known)) {
      throw new StartRefusal(
        "The database was last used by a newer version of Borg Backup Server. Start that version, or restore a copy of the database from before the update.",
      );
    }
    try {
      await migrate(drizzle(sql), { migrationsFolder: folder });
    } catch (cause) {
      const why =
        cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : String(cause);
      throw new StartRefusal(
        `The database could not be brought to this version (${why}). Nothing of it was changed: start the version before again.`,
        { cause },
      );
    }
  });
}

/** Refuses an external database that does not let us in, in words that never hold the password. */
export async function demandDatabase(url: string): Promise<void> {
  const { host, port, username, database } = connectionOptions(url);
  const where = `${username}@${host}:${port}/${database}`;
  try {
    await withConnection(url, (sql) => sql`select 1`);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    throw new StartRefusal(
      `DATABASE_URL (${where}) cannot be used: ${whyNoDatabase[code] ?? (cause instanceof Error ? cause.message : code)}. Correct it, or leave it out to use the embedded database.`,
      { cause },
    );
  }
}

/** System errors and SQLSTATEs (PostgreSQL 18, appendix A) that a wrong address, account or name leads to. */
const whyNoDatabase: Record<string, string | undefined> = {
  ECONNREFUSED: "nothing listens there",
  ENOTFOUND: "there is no host of that name",
  ENOENT: "there is no socket in that folder",
  CONNECT_TIMEOUT: "the host does not answer",
  "28P01": "the password is wrong",
  "28000": "the server does not let this user in",
  "3D000": "there is no database of that name",
};

/** When each migration that this program has was made; drizzle stores the same number in the database. */
export async function knownMigrations(folder: string): Promise<number[]> {
  const journal = JSON.parse(await readFile(join(folder, "meta/_journal.json"), "utf8")) as {
    entries: { when: number }[];
  };
  return journal.entries.map((entry) => entry.when);
}

async function newestMigration(sql: postgres.Sql): Promise<number | null> {
  const [table] = await sql`select to_regclass('drizzle.__drizzle_migrations') as name`;
  if (!table?.name) return null;
  const [row] = await sql`select max(created_at) as newest from drizzle.__drizzle_migrations`;
  return row?.newest ? Number(row.newest) : null;
}

/** Runs `use` on one connection and closes it. Locks and settings of the session end with it. */
export async function withConnection<T>(url: string, use: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres({
    ...connectionOptions(url, { most: 1, applicationName: "bbs-supervisor" }),
    connect_timeout: 10,
  });
  try {
    return await use(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}
