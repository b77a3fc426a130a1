import { and, eq, inArray, isNull } from "drizzle-orm";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { archiveLedger } from "../db/schema/vault";

/** Notes that we removed archives of a repository on purpose. They stay in the ledger. May run twice. */
export async function markArchivesRemoved(
  ctx: Ctx,
  input: { clientId: string; repositoryId: string; archiveIds: string[] },
): Promise<void> {
  if (input.archiveIds.length === 0) return;
  await ctx.db.transaction(async (tx) => {
    const removed = await tx
      .update(archiveLedger)
      .set({ removedAt: ctx.now })
      .where(
        and(
          eq(archiveLedger.repositoryId, input.repositoryId),
          inArray(archiveLedger.id, input.archiveIds),
          isNull(archiveLedger.removedAt),
        ),
      )
      .returning({ id: archiveLedger.id });
    for (const { id } of removed) await announce(tx, { entity: "archive", id, clientId: input.clientId });
  });
}
