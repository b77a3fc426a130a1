import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import type { Env } from "~/env";
import { readAppKeys } from "~/server/secrets/app-key";
import type { DumpManifest } from "~/server/system/self-backup/dump-format";
import { loadDump } from "~/server/system/self-backup/load-dump";
import { isRoot } from "../accounts";
import { prepareDataFolder } from "../data-folder";
import { knownMigrations, migrateDatabase, withConnection } from "../database";
import { embeddedDatabase } from "../embedded-database";
import { ourAccounts } from "../our-accounts";
import { claimDataFolder, removePidFile } from "../pid-files";
import { StartRefusal } from "../refuse-start";
import { migrateTo } from "./migrate-to";
import { putFilesBack } from "./put-files-back";
import { openDump, type ReadSelfBackup, readSelfBackup } from "./read-self-backup";
import { beginRecovering, demandEmpty, endRecovering, wasBrokenOff } from "./recovering";

export interface Recovered extends ReadSelfBackup {
  rows: number;
}

/**
 * Builds a server again from a self-backup: keys, certificate, host key, account numbers, database. The repositories with their vaults are
 * found where they lie. Refuses before it changes anything: wrong key, a file that is not whole, a folder or database in use, an older
 * program than the database. Broken off, it begins anew at the next call, and the server does not start before.
 */
export async function recover(given: {
  env: Env;
  file: string;
  key: Buffer;
  programRoot: string;
  say: (line: string) => void;
}): Promise<Recovered> {
  const { env, file, key, programRoot, say } = given;
  const migrations = join(programRoot, "drizzle");
  say("Reading the file ...");
  const read = await readSelfBackup(file, key);
  await demandFitting(read, env, migrations);
  await mkdir(env.data, { recursive: true, mode: 0o755 });
  demandEmpty(env.data);
  if (env.databaseUrl) await demandEmptyDatabase(env.databaseUrl, wasBrokenOff(env.data));

  await beginRecovering(env.data);
  await prepareDataFolder(env.data);
  await claimDataFolder(env.data);
  try {
    say("Keys, certificate, host key and accounts ...");
    await putFilesBack(file, key, env.data);
    if (!env.appKey) await putKey(env.data, read.manifest);
    say("Database ...");
    const rows = await withDatabase(env, programRoot, async (url) => {
      const { manifest, frames } = await openDump(file, key);
      await migrateTo(url, migrations, manifest.migration, join(env.data, "run/migrations"));
      const loaded = await withConnection(url, (sql) => loadDump(sql, manifest, frames));
      await migrateDatabase(url, migrations);
      return loaded;
    });
    await endRecovering(env.data);
    return { ...read, rows };
  } finally {
    await removePidFile(env.data, "supervisor");
  }
}

async function demandFitting(
  { manifest, files }: ReadSelfBackup,
  env: Env,
  migrations: string,
): Promise<void> {
  const known = await knownMigrations(migrations);
  if (!known.includes(manifest.migration))
    throw new StartRefusal(
      `The self-backup is of version ${manifest.version} of Borg Backup Server, whose database this older program does not know. Install that version or a newer one, and run this again.`,
    );
  if (files.includes("accounts.json") && !isRoot)
    throw new StartRefusal(
      "The server of this self-backup ran as root, with an account for each client. Run this as root.",
    );
  const missing = readAppKeys(manifest.appKey).filter(
    ({ id }) => env.appKey && !readAppKeys(env.appKey).some((own) => own.id === id),
  );
  if (missing.length > 0)
    throw new StartRefusal(
      `APP_KEY of the environment lacks key ${missing.map(({ id }) => id).join(", ")} of this self-backup. Leave APP_KEY out: then it is taken from the file.`,
    );
}

async function demandEmptyDatabase(url: string, again: boolean): Promise<void> {
  await withConnection(url, async (sql) => {
    const [table] = await sql`select to_regclass('public.users') as name`;
    if (!table?.name) return;
    const [row] = await sql`select exists(select from users) as used`;
    if (again && row?.used === false) return;
    throw new StartRefusal(
      "The database of DATABASE_URL is not empty. Give an empty one, or leave DATABASE_URL out to use the embedded database.",
    );
  });
}

async function putKey(data: string, { appKey }: DumpManifest): Promise<void> {
  const file = await open(join(data, "secrets/app-key"), "w", 0o600);
  try {
    await file.writeFile(`${appKey}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The database as its owner: the embedded one runs only for this. */
async function withDatabase<T>(env: Env, programRoot: string, use: (url: string) => Promise<T>): Promise<T> {
  if (env.databaseUrl) return use(env.databaseUrl);
  const accounts = isRoot ? await ourAccounts(env.data) : null;
  const database = await embeddedDatabase({
    ...{ programRoot, data: env.data, account: accounts?.postgres ?? null },
    appAccounts: accounts ? [accounts.web.name, accounts.worker.name] : [],
  });
  const child = await database.program.launch();
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  try {
    return await use(database.ownerUrl);
  } finally {
    child.kill(database.program.stopSignal);
    await gone;
  }
}
