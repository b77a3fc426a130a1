import { and, eq, inArray, isNull } from "drizzle-orm";
import type { Ctx } from "../context";
import { archiveLedger } from "../db/schema/vault";

/** An archive as the keeper and people call it. */
export interface LedgerName {
  borgId: string;
  name: string;
  isTrashed: boolean;
  isProtected: boolean;
}

/** Those of `archiveIds` that are in this repository and not gone for good; in the trash or not. By name. */
export async function readLiving(
  ctx: Ctx,
  given: { repositoryId: string; archiveIds: readonly string[] },
): Promise<LedgerName[]> {
  if (given.archiveIds.length === 0) return [];
  const rows = await ctx.db
    .select({
      borgId: archiveLedger.borgId,
      name: archiveLedger.name,
      trashedAt: archiveLedger.trashedAt,
      isProtected: archiveLedger.isProtected,
    })
    .from(archiveLedger)
    .where(
      and(
        eq(archiveLedger.repositoryId, given.repositoryId),
        inArray(archiveLedger.id, [...given.archiveIds]),
        isNull(archiveLedger.removedAt),
      ),
    )
    .orderBy(archiveLedger.name, archiveLedger.borgId)
    .limit(given.archiveIds.length);
  return rows.map(({ trashedAt, ...row }) => ({ ...row, isTrashed: trashedAt !== null }));
}
