import { is, sql } from "drizzle-orm";
import { getTableConfig, PgTable } from "drizzle-orm/pg-core";
import { makeContext } from "../context";
import { schema } from "../db";

/** Longest wait for an answer: under the interval at which load balancers ask. */
const LONGEST_WAIT_MS = 3000;

/** A schema never goes back, so it is compared once per process. */
const shared = globalThis as typeof globalThis & { bbsSchemaIsThere?: boolean };

/**
 * Whether this process may get requests: the database answers within three seconds and has every column that this program knows, so its
 * migrations have run. `why` is for operators; it names no host and no value.
 */
export async function readiness(): Promise<{ ready: true } | { ready: false; why: string }> {
  const late = AbortSignal.timeout(LONGEST_WAIT_MS);
  const gaveUp = new Promise<"late">((resolve) => late.addEventListener("abort", () => resolve("late")));
  const look = isSchemaThere().catch(() => "down" as const);
  const found = await Promise.race([look, gaveUp]);
  if (found === true) return { ready: true };
  return {
    ready: false,
    why: found === false ? "The database is not migrated yet." : "The database does not answer.",
  };
}

async function isSchemaThere(): Promise<boolean> {
  const { db } = makeContext({ kind: "worker" });
  if (shared.bbsSchemaIsThere) {
    await db.execute(sql`select 1`);
    return true;
  }
  const rows = await db.execute<{ name: string }>(
    sql`select table_name || '.' || column_name as name from information_schema.columns where table_schema = 'public'`,
  );
  const there = new Set([...rows].map((row) => row.name));
  const isThere = knownColumns().every((name) => there.has(name));
  if (isThere) shared.bbsSchemaIsThere = true;
  return isThere;
}

function knownColumns(): string[] {
  return Object.values(schema)
    .filter((entry) => is(entry, PgTable))
    .flatMap((table) => {
      const { name, columns } = getTableConfig(table);
      return columns.map((column) => `${name}.${column.name}`);
    });
}
