import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { migrateDatabase } from "../database";

/**
 * Brings an empty database to the schema of one migration, for rows that fit that one; later migrations then run over the rows, as in an update.
 * `work`: a folder of ours for a moment.
 */
export async function migrateTo(url: string, folder: string, migration: number, work: string): Promise<void> {
  await rm(work, { recursive: true, force: true });
  await cp(folder, work, { recursive: true });
  const path = join(work, "meta/_journal.json");
  const journal = JSON.parse(await readFile(path, "utf8")) as { entries: { when: number }[] };
  const entries = journal.entries.filter(({ when }) => when <= migration);
  await writeFile(path, JSON.stringify({ ...journal, entries }));
  try {
    await migrateDatabase(url, work);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
