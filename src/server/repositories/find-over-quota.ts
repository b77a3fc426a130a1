import { and, eq, isNotNull, isNull, or, sql, sum } from "drizzle-orm";
import { formatBytes } from "~/domain/quantity";
import type { Ctx } from "../context";
import { repositories } from "../db/schema/repositories";

/**
 * Why a machine's backups wait: its repositories together hold as much as its quota, as last measured. Null: they hold less, or it has no
 * quota. The storage node counts for itself and lets no writing session in; this only says so before one is tried.
 */
export async function findOverQuota(
  ctx: Ctx,
  input: { clientId: string; quotaBytes: number | null },
): Promise<string | null> {
  const { clientId, quotaBytes } = input;
  if (quotaBytes === null) return null;
  const [used] = await ctx.db
    .select({ bytes: sum(repositories.sizeBytes).mapWith(Number) })
    .from(repositories)
    .where(and(eq(repositories.clientId, clientId), onTheDisk));
  const bytes = used?.bytes ?? 0;
  if (bytes < quotaBytes) return null;
  return `Waits until the machine's repositories hold less than its quota: ${formatBytes(bytes)} of ${formatBytes(quotaBytes)} are used. Raise the quota on the machine's page, or delete archives and compact.`;
}

/** Removed ones stay on the disk until their grace period is over. */
export const onTheDisk = or(isNull(repositories.removedAt), isNotNull(repositories.deleteAfter)) ?? sql`true`;
