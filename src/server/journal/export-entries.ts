import type { Ctx } from "../context";
import { appendEntry } from "./append-entry";
import type { StoredEntry } from "./entry-hash";
import { findEntries } from "./find-entries";
import type { JournalFilter } from "./journal-filter";

const AT_ONCE = 1000;

export type ExportFormat = "csv" | "jsonl";

/**
 * Journals that entries are taken out, and gives them newest first, some at a time: memory stays bounded however many there are. What is
 * journaled from now on is not among them.
 */
export async function exportEntries(
  ctx: Ctx,
  filter: JournalFilter,
  format: ExportFormat,
): Promise<AsyncGenerator<StoredEntry[]>> {
  const told = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
  const which = Object.keys(told).length === 0 ? "the whole journal" : "a part of the journal";
  const { id } = await appendEntry(ctx, {
    action: "journal.exported",
    say: `Exported ${which} as ${format === "csv" ? "CSV" : "JSON lines"}.`,
    clientId: filter.clientId ?? null,
    detail: { format, filter: told },
  });
  return readAll({ db: ctx.db }, filter, id);
}

async function* readAll(
  ctx: Pick<Ctx, "db">,
  filter: JournalFilter,
  below: number,
): AsyncGenerator<StoredEntry[]> {
  for (let before: number | null = below; before !== null; ) {
    const { entries, next }: Awaited<ReturnType<typeof findEntries>> = await findEntries(ctx, filter, {
      before,
      limit: AT_ONCE,
    });
    if (entries.length > 0) yield entries;
    before = next;
  }
}
