import type postgres from "postgres";
import { env } from "~/env";
import { pool } from "./context";
import { openPool, type Pool } from "./db";

/** Next loads a module once per bundle; the pool must be one per process. */
const shared = globalThis as typeof globalThis & { bbsCatalogPool?: Pool };

/** Where the catalog stands: the database of CATALOG_DATABASE_URL, else the one of everything else. */
export function catalogSql(): postgres.Sql {
  const url = env().catalogDatabaseUrl;
  if (!url) return pool().sql;
  shared.bbsCatalogPool ??= openPool(url, { applicationName: "bbs-catalog" });
  return shared.bbsCatalogPool.sql;
}

/** Closes the catalog's own pool, if there is one. */
export async function endCatalogPool(): Promise<void> {
  await shared.bbsCatalogPool?.end();
  delete shared.bbsCatalogPool;
}
