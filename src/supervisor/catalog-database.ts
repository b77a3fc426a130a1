import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { withConnection } from "./database";

/**
 * Makes the tables of the catalog in the database of CATALOG_DATABASE_URL: the statements of the migration that makes them in the main one,
 * each of which may run twice. The role must own the database, or pg_trgm must be there already.
 */
export async function migrateCatalog(url: string, folder: string): Promise<void> {
  const files = (await readdir(folder)).filter((name) => name.endsWith("_catalog.sql")).sort();
  await withConnection(url, async (sql) => {
    for (const file of files)
      for (const statement of (await readFile(join(folder, file), "utf8")).split("--> statement-breakpoint"))
        await sql.unsafe(statement);
  });
}
