import { and, desc, gt, inArray, lt, type SQL, sql } from "drizzle-orm";
import type { Ctx } from "../context";
import { journalEntries } from "../db/schema/journal";
import type { StoredEntry } from "./entry-hash";
import { isTextOnly, type JournalFilter, partsOf } from "./journal-filter";
import { numbersOf } from "./numbers-of-days";

/** Entries among which one request looks for words when nothing else narrows them down: about 0.2 s. */
const SEARCHED_AT_ONCE = 100_000;

/**
 * The newest entries of a filter below `before` (null: from the newest). `next`: where to go on; null: there are no more. A search for
 * words alone looks at a piece of the journal at a time, so it may find nothing and still have a `next`.
 */
export async function findEntries(
  ctx: Pick<Ctx, "db">,
  filter: JournalFilter,
  page: { before: number | null; limit: number },
): Promise<{ entries: StoredEntry[]; next: number | null }> {
  const { limit } = page;
  const piece = isTextOnly(filter) ? await pieceBelow(ctx, page.before) : null;
  const { above, below } = await numbersOf(ctx, filter);
  const bounds = and(
    above === null ? undefined : gt(journalEntries.id, above),
    below === null ? undefined : lt(journalEntries.id, below),
    page.before === null ? undefined : lt(journalEntries.id, page.before),
    piece === null ? undefined : gt(journalEntries.id, piece),
  );
  const ids = await findIds(ctx, partsOf(filter), bounds, limit + 1);
  const entries = await readEntries(ctx, ids.slice(0, limit));
  if (ids.length > limit) return { entries, next: entries.at(-1)?.id ?? null };
  return { entries, next: piece !== null && piece > 0 ? piece + 1 : null };
}

/** The last number that is not looked at. */
async function pieceBelow(ctx: Pick<Ctx, "db">, before: number | null): Promise<number> {
  if (before !== null) return Math.max(0, before - 1 - SEARCHED_AT_ONCE);
  const [head] = await ctx.db
    .select({ id: journalEntries.id })
    .from(journalEntries)
    .orderBy(desc(journalEntries.id))
    .limit(1);
  return Math.max(0, (head?.id ?? 0) - SEARCHED_AT_ONCE);
}

/** Each part brings its newest; of them all the newest count. */
async function findIds(
  ctx: Pick<Ctx, "db">,
  parts: (SQL | undefined)[],
  bounds: SQL | undefined,
  limit: number,
): Promise<number[]> {
  const selects = parts.map((part) => {
    const where = and(part, bounds);
    return sql`(select ${journalEntries.id} as id from ${journalEntries}
      ${where ? sql`where ${where}` : sql``} order by ${journalEntries.id} desc limit ${limit})`;
  });
  const rows = await ctx.db.execute<{ id: string }>(
    sql`select id from (${sql.join(selects, sql` union `)}) found order by id desc limit ${limit}`,
  );
  return rows.map(({ id }) => Number(id));
}

async function readEntries(ctx: Pick<Ctx, "db">, ids: number[]): Promise<StoredEntry[]> {
  if (ids.length === 0) return [];
  return ctx.db
    .select()
    .from(journalEntries)
    .where(inArray(journalEntries.id, ids))
    .orderBy(desc(journalEntries.id));
}
