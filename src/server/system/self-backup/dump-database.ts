import { pipeline, Readable } from "node:stream";
import { createGzip } from "node:zlib";
import type { ReservedSql } from "postgres";
import { openPool } from "../../db";
import { programName } from "../../secrets/app-key";
import { type DumpManifest, frame } from "./dump-format";
import { isLeftOut } from "./left-out";
import { orderTables } from "./order-tables";

type About = Pick<DumpManifest, "version" | "appKey" | "settings">;

/**
 * The whole database as of one moment, compressed, piece by piece: rows in PostgreSQL's own text form, every table but those of left-out.ts. It
 * needs no program beside us and any PostgreSQL will do (docs/decisions/0022): Debian's pg_dump refuses one that is newer than itself, and the
 * embedded one brings none. Nothing waits for it; what is written meanwhile is not in it.
 */
export function dumpDatabase(url: string, about: About, madeAt: Date): AsyncIterable<Buffer> {
  const compressed = createGzip({ level: 5 });
  // Whoever reads it learns of a failure, and whoever stops reading ends the transaction.
  pipeline(Readable.from(dumpFrames(url, about, madeAt), { objectMode: false }), compressed, () => undefined);
  return compressed;
}

/** A connection of its own: broken off within a table it is of no use to anybody else. */
async function* dumpFrames(url: string, about: About, madeAt: Date): AsyncGenerator<Buffer> {
  const pool = openPool(url, { most: 1, applicationName: programName() });
  try {
    const sql = await pool.sql.reserve();
    await sql`begin isolation level repeatable read read only`;
    const tables = await tablesOf(sql);
    const manifest: DumpManifest = {
      ...{ format: 1, ...about, madeAt: madeAt.toISOString(), tables },
      migration: await newestMigration(sql),
      sequences: await sequencesOf(sql),
    };
    yield frame(Buffer.from(JSON.stringify(manifest)));
    for (const { name, columns } of tables) {
      const rows = await sql
        .unsafe(`copy ${quoted(name)} (${columns.map(quoted).join(", ")}) to stdout`)
        .readable();
      for await (const piece of rows) if (piece.length > 0) yield frame(piece);
      yield frame(Buffer.alloc(0));
    }
    await sql`commit`;
    sql.release();
  } finally {
    await pool.end();
  }
}

/** An identifier as SQL takes it (PostgreSQL 18, 4.1.1). */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

async function tablesOf(sql: ReservedSql): Promise<DumpManifest["tables"]> {
  const columns = await sql<{ table: string; columns: string[] }[]>`
    select c.relname as table, array_agg(a.attname::text order by a.attnum) as columns
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' group by c.oid`;
  const references = await sql<{ from: string; to: string }[]>`
    select f.relname as from, t.relname as to from pg_constraint k
    join pg_class f on f.oid = k.conrelid join pg_class t on t.oid = k.confrelid
    where k.contype = 'f' and f.relnamespace = 'public'::regnamespace`;
  const kept = new Map(columns.filter((one) => !isLeftOut(one.table)).map((one) => [one.table, one.columns]));
  return orderTables([...kept.keys()], references).map((name) => ({ name, columns: kept.get(name) ?? [] }));
}

async function sequencesOf(sql: ReservedSql): Promise<DumpManifest["sequences"]> {
  return sql<{ name: string; value: string }[]>`
    select sequencename::text as name, last_value::text as value from pg_sequences
    where schemaname = 'public' and last_value is not null`;
}

async function newestMigration(sql: ReservedSql): Promise<number> {
  const [row] = await sql<
    { newest: string }[]
  >`select max(created_at)::text as newest from drizzle.__drizzle_migrations`;
  return Number(row?.newest ?? 0);
}
