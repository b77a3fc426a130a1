import { chmod, chown, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureAccount, isRoot } from "~/supervisor/accounts";
import { ensureDatabase, migrateDatabase, withConnection } from "~/supervisor/database";
import { ADMIN_ROLE, APP_ROLE, OWNER_ROLE, startPostgres } from "~/supervisor/postgres";
import { installPostgresBinaries } from "~/supervisor/postgres-binaries";

const programRoot = fileURLToPath(new URL("../..", import.meta.url));

/** The migrated database that `createTestDatabase` clones. Nobody connects to it. */
export const TEMPLATE_DATABASE = "bbs_template";

export interface TestPostgres {
  /** URL of a database as the programs use it: role bbs_app. */
  urlFor(database: string): string;
  /** URL of the role that makes databases; a plain string, so it can be handed to test processes. */
  adminUrl: string;
  stop(): Promise<void>;
}

/**
 * One throwaway PostgreSQL for a whole run: the same start as in production, on a Unix socket in a temporary folder, without fsync.
 * Holds a migrated template. As root it runs as the account bbs-postgres.
 */
export async function startTestPostgres(): Promise<TestPostgres> {
  const folder = await mkdtemp(join(tmpdir(), "bbs-pg-"));
  await chmod(folder, 0o755);
  const account = isRoot ? await ensureAccount("bbs-postgres") : null;
  const home = join(folder, "postgres");
  await mkdir(home, { mode: 0o700 });
  if (account) await chown(home, account.uid, account.gid);
  const running = await startPostgres({
    binaries: await installPostgresBinaries(programRoot, folder),
    dataDir: join(home, "cluster"),
    socketDir: join(folder, "socket"),
    account,
    appAccounts: [],
    logFile: join(folder, "postgres.log"),
    settings: { fsync: "off", synchronous_commit: "off", full_page_writes: "off", max_connections: "300" },
  });
  await ensureDatabase((database) => running.urlFor(ADMIN_ROLE, database), TEMPLATE_DATABASE);
  await migrateDatabase(running.urlFor(OWNER_ROLE, TEMPLATE_DATABASE), join(programRoot, "drizzle"));
  return {
    urlFor: (database) => running.urlFor(APP_ROLE, database),
    adminUrl: running.urlFor(ADMIN_ROLE, "postgres"),
    stop: async () => {
      await running.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Clones the template and answers the URL of the new database for role bbs_app. Some tens of milliseconds. */
export async function createTestDatabase(adminUrl: string, name: string): Promise<string> {
  await withConnection(adminUrl, async (sql) => {
    // FILE_COPY without fsync is faster than the default here: the template is small and nobody else uses it.
    await sql`create database ${sql(name)} template ${sql(TEMPLATE_DATABASE)} owner ${sql(OWNER_ROLE)}`;
  });
  return adminUrl.replace(`//${ADMIN_ROLE}@/postgres`, `//${APP_ROLE}@/${name}`);
}

/** Drops a database and cuts whoever is still connected. Missing: nothing. */
export async function dropTestDatabase(adminUrl: string, name: string): Promise<void> {
  await withConnection(adminUrl, async (sql) => {
    await sql`drop database if exists ${sql(name)} with (force)`;
  });
}

/** Leaves a filled database as autovacuum would after a while: only the owner of a table may, so not by the pool of the programs. */
export async function analyzeTestDatabase(adminUrl: string, name: string): Promise<void> {
  await withConnection(adminUrl.replace("@/postgres", `@/${name}`), (sql) => sql`vacuum analyze`);
}
