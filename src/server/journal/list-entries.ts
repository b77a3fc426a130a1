import { inArray } from "drizzle-orm";
import type { JournalAction } from "~/domain/journal-action";
import type { Page } from "~/domain/page";
import type { Ctx } from "../context";
import { clients } from "../db/schema/clients";
import type { StoredEntry } from "./entry-hash";
import { findEntries } from "./find-entries";
import type { JournalFilter } from "./journal-filter";
import { whoDidIt } from "./who-did-it";

export interface JournalRow {
  id: number;
  at: Date;
  /** In words: a person's name, a machine's, "the server". */
  who: string;
  /** The person's id; null: no person did it. */
  personId: string | null;
  action: JournalAction;
  say: string;
  clientId: string | null;
  /** Of today; null: none, or nobody knows it. */
  clientName: string | null;
  /** Whether there is more to it than the sentence. */
  hasDetail: boolean;
}

/**
 * Entries, newest first; the cursor is a number below which to go on. A page may be short or empty although there is a next one: words
 * are looked for piece by piece. For admins: the caller has asked who may.
 */
export async function listEntries(
  ctx: Pick<Ctx, "db">,
  input: JournalFilter & { cursor?: string | null | undefined; limit: number },
): Promise<Page<JournalRow>> {
  const before = /^\d{1,15}$/.test(input.cursor ?? "") ? Number(input.cursor) : null;
  const { entries, next } = await findEntries(ctx, input, { before, limit: input.limit });
  const names = await clientNames(ctx, entries);
  return {
    items: entries.map((entry) => rowOf(entry, names)),
    nextCursor: next === null ? null : String(next),
  };
}

export function rowOf(entry: StoredEntry, names: ReadonlyMap<string, string>): JournalRow {
  const { id, at, action, say, clientId, actorKind, actorId } = entry;
  return {
    ...{ id, at, action, say, clientId, who: whoDidIt(entry) },
    personId: actorKind === "user" ? actorId : null,
    clientName: clientId === null ? null : (names.get(clientId) ?? null),
    hasDetail: Object.keys(entry.detail).length > 0,
  };
}

export async function clientNames(
  ctx: Pick<Ctx, "db">,
  entries: readonly Pick<StoredEntry, "clientId">[],
): Promise<Map<string, string>> {
  const ids = [...new Set(entries.flatMap(({ clientId }) => clientId ?? []))];
  if (ids.length === 0) return new Map();
  const found = await ctx.db
    .select({ id: clients.id, name: clients.name })
    .from(clients)
    .where(inArray(clients.id, ids));
  return new Map(found.map(({ id, name }) => [id, name]));
}
