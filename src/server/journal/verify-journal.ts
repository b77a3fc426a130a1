import { asc, gt } from "drizzle-orm";
import type { Ctx } from "../context";
import { journalEntries } from "../db/schema/journal";
import { entryHash, FIRST_PREVIOUS_HASH, type StoredEntry } from "./entry-hash";

const AT_ONCE = 1000;

export type JournalVerdict =
  /** `headHash` binds every entry before it: kept elsewhere, it also shows when the newest entries are missing. Null: no entries. */
  | { intact: true; entries: number; headHash: string | null }
  | { intact: false; entryId: number; say: string };

/** The head of the journal as it was kept elsewhere: entry `id` had this hash. */
export interface JournalAnchor {
  id: number;
  hash: string;
}

/**
 * Reads the whole journal from its first entry and compares each with its hash and with the one before. Names the first that does not
 * fit: it, or what stood before it, was changed, taken out or put in by somebody with more than bbs_app's rights. Entries missing at the
 * end cannot be seen from the rest; `anchor`, a head that was kept elsewhere, shows them, and a chain that was made anew as a whole. Memory
 * stays bounded. `signal` ends the reading with its reason.
 */
export async function verifyJournal(
  ctx: Pick<Ctx, "db">,
  given: { anchor?: JournalAnchor | undefined; signal?: AbortSignal | undefined } = {},
): Promise<JournalVerdict> {
  const { anchor, signal } = given;
  let last: { id: number; hash: string } = { id: 0, hash: FIRST_PREVIOUS_HASH };
  for (let from: number | null = null; ; from = last.id) {
    signal?.throwIfAborted();
    const entries = await ctx.db
      .select()
      .from(journalEntries)
      .where(from === null ? undefined : gt(journalEntries.id, from))
      .orderBy(asc(journalEntries.id))
      .limit(AT_ONCE);
    for (const entry of entries) {
      const say = whatIsWrong(entry, last) ?? whatIsNotAsAnchored(entry, anchor);
      if (say !== null) return { intact: false, entryId: entry.id, say };
      last = entry;
    }
    if (entries.length < AT_ONCE) break;
  }
  if (anchor && anchor.id > last.id) {
    const say = `The journal ends at entry ${last.id}, but entry ${anchor.id} was anchored: the newest entries are missing.`;
    return { intact: false, entryId: last.id + 1, say };
  }
  return { intact: true, entries: last.id, headHash: last.id === 0 ? null : last.hash };
}

function whatIsNotAsAnchored(entry: StoredEntry, anchor: JournalAnchor | undefined): string | null {
  if (anchor?.id !== entry.id || anchor.hash === entry.hash) return null;
  return `Entry ${entry.id} is not the one that was anchored: it or an entry before it was replaced, and the chain made anew.`;
}

function whatIsWrong(entry: StoredEntry, last: { id: number; hash: string }): string | null {
  if (entry.id < 1) return `Entry ${entry.id} stands before the first.`;
  const missing = entry.id - last.id - 1;
  if (missing > 0) {
    const which = missing === 1 ? `Entry ${last.id + 1} is` : `Entries ${last.id + 1} to ${entry.id - 1} are`;
    return `${which} missing: before entry ${entry.id} stands entry ${last.id}.`;
  }
  if (entry.previousHash !== last.hash) {
    return last.id === 0
      ? `Entry ${entry.id} is not the first of its chain.`
      : `Entry ${entry.id} does not follow entry ${last.id}: one of the two was replaced.`;
  }
  return entry.hash === entryHash(entry) ? null : `Entry ${entry.id} was changed after it was written.`;
}
