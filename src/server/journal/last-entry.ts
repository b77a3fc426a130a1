import { desc, inArray } from "drizzle-orm";
import type { JournalAction } from "~/domain/journal-action";
import type { Ctx } from "../context";
import { journalEntries } from "../db/schema/journal";
import type { StoredEntry } from "./entry-hash";

/** The newest entry with one of these actions; without any: the newest of all. Null: there is none. */
export async function lastEntry(
  ctx: Pick<Ctx, "db">,
  actions?: readonly JournalAction[],
): Promise<StoredEntry | null> {
  const [entry] = await ctx.db
    .select()
    .from(journalEntries)
    .where(actions ? inArray(journalEntries.action, [...actions]) : undefined)
    .orderBy(desc(journalEntries.id))
    .limit(1);
  return entry ?? null;
}
