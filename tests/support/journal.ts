import { and, asc, eq } from "drizzle-orm";
import { journalEntries } from "~/server/db/schema/journal";
import type { StoredEntry } from "~/server/journal/entry-hash";
import type { TestDatabase } from "./database";

/** What the journal holds, oldest first: all of it, of one client, or by one person. */
export async function journalOf(
  database: TestDatabase,
  of: { clientId?: string; actorId?: string } = {},
): Promise<StoredEntry[]> {
  return database.pool.db
    .select()
    .from(journalEntries)
    .where(
      and(
        of.clientId === undefined ? undefined : eq(journalEntries.clientId, of.clientId),
        of.actorId === undefined ? undefined : eq(journalEntries.actorId, of.actorId),
      ),
    )
    .orderBy(asc(journalEntries.id));
}
