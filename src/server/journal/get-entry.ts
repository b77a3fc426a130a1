import { eq } from "drizzle-orm";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { journalEntries } from "../db/schema/journal";
import { clientNames, type JournalRow, rowOf } from "./list-entries";

export interface JournalEntry extends JournalRow {
  detail: Record<string, unknown>;
  repositoryId: string | null;
  previousHash: string;
  hash: string;
}

/** One entry with all that it holds. For admins: the caller has asked who may. Refuses not-found. */
export async function getEntry(ctx: Pick<Ctx, "db">, input: { id: number }): Promise<JournalEntry> {
  const [entry] = await ctx.db.select().from(journalEntries).where(eq(journalEntries.id, input.id));
  if (!entry) throw new Refusal("not-found", { say: "There is no such entry." });
  const { detail, repositoryId, previousHash, hash } = entry;
  return { ...rowOf(entry, await clientNames(ctx, [entry])), detail, repositoryId, previousHash, hash };
}
