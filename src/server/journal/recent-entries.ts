import { desc, eq } from "drizzle-orm";
import type { JournalAction } from "~/domain/journal-action";
import type { Ctx } from "../context";
import { journalEntries } from "../db/schema/journal";

/** So far is looked back: bounded work, however much this one person or machine has done. */
const LOOKED_AT = 200;

/**
 * How many of the newest entries of a person, or about a client, have this action and are younger than `seconds`. What must not flood the
 * journal asks first; exact only under `lockJournal`.
 */
export async function countRecent(
  ctx: Pick<Ctx, "db" | "now">,
  of: { actorId: string } | { clientId: string },
  what: { action: JournalAction; seconds: number },
): Promise<number> {
  const newest = await ctx.db
    .select({ action: journalEntries.action, at: journalEntries.at })
    .from(journalEntries)
    .where(
      "actorId" in of ? eq(journalEntries.actorId, of.actorId) : eq(journalEntries.clientId, of.clientId),
    )
    .orderBy(desc(journalEntries.id))
    .limit(LOOKED_AT);
  const since = ctx.now.getTime() - what.seconds * 1000;
  return newest.filter(({ action, at }) => action === what.action && at.getTime() > since).length;
}
