import { and, desc, eq, lt } from "drizzle-orm";
import type { JournalAction } from "~/domain/journal-action";
import type { Page } from "~/domain/page";
import type { Ctx } from "../context";
import { journalEntries } from "../db/schema/journal";
import type { StoredEntry } from "./entry-hash";

export interface JournalRow {
  id: number;
  at: Date;
  /** In words: a person's name, a machine's, "the server". */
  who: string;
  action: JournalAction;
  say: string;
  clientId: string | null;
}

/** Entries, newest first; the cursor is the number of the last one before. For admins: the caller has asked who may. */
export async function listEntries(
  ctx: Ctx,
  input: { clientId?: string | undefined; cursor?: string | null | undefined; limit: number },
): Promise<Page<JournalRow>> {
  const before = /^\d{1,15}$/.test(input.cursor ?? "") ? Number(input.cursor) : null;
  const rows = await ctx.db
    .select()
    .from(journalEntries)
    .where(
      and(
        input.clientId ? eq(journalEntries.clientId, input.clientId) : undefined,
        before === null ? undefined : lt(journalEntries.id, before),
      ),
    )
    .orderBy(desc(journalEntries.id))
    .limit(input.limit + 1);
  const items = rows.slice(0, input.limit).map(asRow);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > input.limit && last ? String(last.id) : null };
}

function asRow(entry: StoredEntry): JournalRow {
  const { id, at, action, say, clientId } = entry;
  return { id, at, who: whoOf(entry), action, say, clientId };
}

function whoOf({ actorKind, actorId, actorName }: StoredEntry): string {
  switch (actorKind) {
    case "user":
      return actorName ?? `a person who is gone (${actorId})`;
    case "agent":
      return `the agent of ${actorName ?? actorId}`;
    case "worker":
      return "the server";
    case "nobody":
      return "somebody on the server itself";
  }
}
