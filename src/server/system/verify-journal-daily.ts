import type { Ctx } from "../context";
import { appendEntry, lockJournal } from "../journal/append-entry";
import { lastEntry } from "../journal/last-entry";
import { type JournalVerdict, verifyJournal } from "../journal/verify-journal";
import { isDueDaily } from "./is-due-daily";

const CHECKED = ["journal.verified", "journal.broken"] as const;

/**
 * Reads the whole chain when a day has passed since that was done last, and journals what it found: the Security page shows it. Bounded
 * memory; half a minute for a million entries. Of several workers one writes it down. Null: not due, or nothing to read yet.
 */
export async function verifyJournalDaily(
  ctx: Ctx,
  given: { signal?: AbortSignal } = {},
): Promise<JournalVerdict | null> {
  if (!(await isDue(ctx))) return null;
  const verdict = await verifyJournal(ctx, given);
  await ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    await lockJournal(tx);
    if (!(await isDue(inTx))) return;
    if (verdict.intact) {
      const { entries, headHash } = verdict;
      await appendEntry(inTx, {
        action: "journal.verified",
        say: `Read the whole journal: ${entries} ${entries === 1 ? "entry, which follows" : "entries, each follows"} the one before.`,
        detail: { entries, headHash },
      });
      return;
    }
    await appendEntry(inTx, {
      action: "journal.broken",
      say: `Read the whole journal: it is broken at entry ${verdict.entryId}. ${verdict.say}`,
      detail: { entryId: verdict.entryId },
    });
  });
  return verdict;
}

async function isDue(ctx: Ctx): Promise<boolean> {
  if (!(await lastEntry(ctx))) return false;
  return isDueDaily((await lastEntry(ctx, CHECKED))?.at ?? null, ctx.now);
}
