import { eq, max } from "drizzle-orm";
import { largestPossibleReserve, saysShortOfRoom } from "~/domain/capacity";
import type { Ctx } from "../context";
import { repositories } from "../db/schema/repositories";
import { systemNodeStatus } from "../db/schema/system";

/**
 * Why a storage node takes no new backups into a location, for the person: the room that a compaction needs would be used. Null: there is
 * room, or the node has not said yet. Sizes of repositories are asked for only where it is nearly full.
 */
export async function findShortage(ctx: Ctx, input: { storageNodeId: string }): Promise<string | null> {
  const [node] = await ctx.db
    .select({ status: systemNodeStatus.status })
    .from(systemNodeStatus)
    .where(eq(systemNodeStatus.storageNodeId, input.storageNodeId));
  if (!node) return null;
  const { freeBytes, totalBytes } = node.status;
  if (freeBytes > largestPossibleReserve({ freeBytes, totalBytes })) return null;
  const [largest] = await ctx.db
    .select({ bytes: max(repositories.sizeBytes) })
    .from(repositories)
    .where(eq(repositories.storageNodeId, input.storageNodeId));
  return saysShortOfRoom({ freeBytes, largestRepositoryBytes: largest?.bytes ?? 0 });
}
