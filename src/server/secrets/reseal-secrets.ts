import { and, asc, gt, isNotNull, notLike, sql } from "drizzle-orm";
import type { Ctx } from "../context";
import type { AppKey } from "./app-key";
import { openSecret, sealSecret } from "./seal-secret";
import { type SecretColumn, secretColumns } from "./secret-columns";

/** A stored secret that does not open: where, and why; never what it holds. */
export interface BrokenSecret {
  table: string;
  column: string;
  rowId: string;
  why: string;
}

/** What one batch did. */
export interface ResealedBatch {
  /** `table.column`. */
  name: string;
  resealed: number;
  broken: BrokenSecret[];
}

/** Small enough that a batch holds its rows for some milliseconds. */
const BATCH = 200;

/**
 * Goes once over every stored secret that the newest key did not seal, and seals it with that one, for the same place. While the
 * programs run: rows that somebody works on are left out, a row is written only if it still holds what was read, and nothing waits for
 * the programs or makes them wait for longer than a batch. What is done stands in the ciphertexts themselves, so a killed run is simply
 * run again. What does not open stays as it is and is named.
 */
export async function* resealSecrets(
  ctx: Pick<Ctx, "db">,
  keys: readonly [AppKey, ...AppKey[]],
): AsyncGenerator<ResealedBatch> {
  for (const column of secretColumns()) {
    for (let after: string | null = ""; after !== null; ) {
      const batch: Batch = await resealBatch(ctx, column, keys, after);
      after = batch.last;
      if (batch.last !== null) yield { name: column.name, resealed: batch.resealed, broken: batch.broken };
    }
  }
}

interface Batch extends Omit<ResealedBatch, "name"> {
  /** Null: there was nothing behind `after`. */
  last: string | null;
}

async function resealBatch(
  ctx: Pick<Ctx, "db">,
  { table, sealed, rowId, placeOf }: SecretColumn,
  keys: readonly [AppKey, ...AppKey[]],
  after: string,
): Promise<Batch> {
  return ctx.db.transaction(async (tx) => {
    const rows = await tx
      .select({ id: sql<string>`${rowId}`, before: sql<string>`${sealed}` })
      .from(table)
      .where(and(gt(rowId, after), isNotNull(sealed), notLike(sealed, `1.${keys[0].id}.%`)))
      .orderBy(asc(rowId))
      .limit(BATCH)
      // Rows that only point to these may still be added: it is no lock of the key.
      .for("no key update", { skipLocked: true });
    const broken: BrokenSecret[] = [];
    const fresh = rows.flatMap(({ id, before }) => {
      const place = placeOf(id);
      try {
        return [{ id, before, now: sealSecret(openSecret(before, place, keys), place, keys) }];
      } catch (error) {
        broken.push({ ...place, why: error instanceof Error ? error.message : String(error) });
        return [];
      }
    });
    const list = (values: string[]) => sql`${sql.param(values)}::text[]`;
    const written = await tx.execute(sql`
      update ${table} set ${sql.identifier(sealed.name)} = fresh.now
      from unnest(${list(fresh.map(({ id }) => id))}, ${list(fresh.map(({ before }) => before))}, ${list(fresh.map(({ now }) => now))})
        as fresh(id, before, now)
      where ${rowId} = fresh.id and ${sealed} = fresh.before`);
    return { resealed: written.count, broken, last: rows.at(-1)?.id ?? null };
  });
}
