import { and, eq, isNull } from "drizzle-orm";
import type { Ctx } from "../context";
import { archiveLedger } from "../db/schema/vault";

/** Marks every archive of a repository that was deleted for good as gone. May run twice. */
export async function forgetArchives(ctx: Ctx, input: { repositoryId: string }): Promise<void> {
  await ctx.db
    .update(archiveLedger)
    .set({ removedAt: ctx.now })
    .where(and(eq(archiveLedger.repositoryId, input.repositoryId), isNull(archiveLedger.removedAt)));
}
