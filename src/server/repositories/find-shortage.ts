import { and, eq, inArray, max } from "drizzle-orm";
import { largestPossibleReserve, saysShortOfRoom } from "~/domain/capacity";
import { roomAt } from "~/domain/node-status";
import type { Ctx } from "../context";
import { repositories } from "../db/schema/repositories";
import { systemNodeStatus } from "../db/schema/system";

/**
 * Which of these repositories take no new backups, with the reason for the person: the room that a compaction needs in their location would be
 * used. Empty: there is room, or the node has not said yet. Sizes of repositories are asked for only where it is nearly full.
 */
export async function findShortage(
  ctx: Ctx,
  input: { storageNodeId: string; repositoryIds: readonly string[] },
): Promise<Map<string, string>> {
  const short = new Map<string, string>();
  if (input.repositoryIds.length === 0) return short;
  const [node] = await ctx.db
    .select({ status: systemNodeStatus.status })
    .from(systemNodeStatus)
    .where(eq(systemNodeStatus.storageNodeId, input.storageNodeId));
  if (!node) return short;
  const rooms = [{ name: "main" }, ...(node.status.locations ?? [])];
  const nearlyFull = rooms.some(({ name }) => isNearlyFull(roomAt(node.status, name)));
  if (!nearlyFull) return short;
  const wanted = await ctx.db
    .select({ id: repositories.id, location: repositories.location })
    .from(repositories)
    .where(inArray(repositories.id, [...input.repositoryIds]))
    .limit(input.repositoryIds.length);
  for (const { id, location } of wanted) {
    const room = roomAt(node.status, location);
    if (room === null || !isNearlyFull(room)) continue;
    const [largest] = await ctx.db
      .select({ bytes: max(repositories.sizeBytes) })
      .from(repositories)
      .where(and(eq(repositories.storageNodeId, input.storageNodeId), eq(repositories.location, location)));
    const say = saysShortOfRoom({ ...room, largestRepositoryBytes: largest?.bytes ?? 0 });
    if (say !== null) short.set(id, say);
  }
  return short;
}

function isNearlyFull(room: { freeBytes: number; totalBytes: number } | null): boolean {
  return room !== null && room.freeBytes <= largestPossibleReserve(room);
}
