import type { Writable } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Sql, TransactionSql } from "postgres";
import { quoted } from "./dump-database";
import type { DumpManifest } from "./dump-format";
import { isLeftOut } from "./left-out";

/**
 * Puts the rows of a dump into an empty database of the same schema, as its owner, all or nothing. `frames` are those behind the manifest.
 * Everybody is signed out: a sign-in that was ended after the backup must not come back. Answers how many rows there are.
 */
export async function loadDump(
  sql: Sql,
  manifest: DumpManifest,
  frames: AsyncIterator<Buffer>,
): Promise<number> {
  return sql.begin(async (tx) => {
    const known = await knownTables(tx);
    let rows = 0;
    // The journal's own triggers keep its chain when it is written to; here it comes whole, and is read through afterwards.
    const guarded = await tx<{ name: string }[]>`
      select distinct c.relname as name from pg_trigger t join pg_class c on c.oid = t.tgrelid
      where not t.tgisinternal and c.relnamespace = 'public'::regnamespace`;
    for (const { name } of guarded) await tx.unsafe(`alter table ${quoted(name)} disable trigger user`);
    for (const { name, columns } of manifest.tables) {
      if (!known.has(name) || isLeftOut(name))
        throw new Error(`the dump holds a table ${name} that this program does not know`);
      rows += await copyIn(tx, name, columns, frames);
    }
    for (const { name, value } of manifest.sequences)
      await tx`select setval(${`public.${quoted(name)}`}::regclass, ${value}::bigint)`;
    await tx`update sign_ins set ended_at = now() where ended_at is null`;
    // Its chunks are left out: it comes again, from the feed or by hand.
    if (known.has("release_contents")) await tx`update release_contents set chunks = 0, stored_at = null`;
    for (const { name } of guarded) await tx.unsafe(`alter table ${quoted(name)} enable trigger user`);
    return rows;
  });
}

async function copyIn(
  tx: TransactionSql,
  name: string,
  columns: readonly string[],
  frames: AsyncIterator<Buffer>,
): Promise<number> {
  const into = await tx
    .unsafe(`copy ${quoted(name)} (${columns.map(quoted).join(", ")}) from stdin`)
    .writable();
  // Each write tells of it as well.
  into.on("error", () => undefined);
  for (;;) {
    const { value, done } = await frames.next();
    if (done) throw new Error(`the dump ends within the table ${name}`);
    if (value.length === 0) break;
    await write(into, value);
  }
  into.end();
  // The driver does not tell when PostgreSQL refuses the rows at their end; the next statement does, and must not be sent before the end is.
  await nextTurn();
  await nextTurn();
  const [row] = await tx.unsafe<{ count: string }[]>(`select count(*)::text as count from ${quoted(name)}`);
  return Number(row?.count ?? 0);
}

const write = (into: Writable, piece: Buffer) =>
  new Promise<void>((resolve, reject) => {
    into.write(piece, (problem) => (problem ? reject(problem) : resolve()));
  });

async function knownTables(tx: TransactionSql): Promise<Set<string>> {
  const rows = await tx<{ name: string }[]>`
    select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`;
  return new Set(rows.map(({ name }) => name));
}
