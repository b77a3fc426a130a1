import { and, count, isNull, sql } from "drizzle-orm";
import type { Ctx } from "../context";
import { repositories } from "../db/schema/repositories";
import { systemNodeStatus } from "../db/schema/system";
import { archiveLedger } from "../db/schema/vault";

/** How much there is (without the trash) and how much room is left, over all storage nodes. `storage` null: no node has reported yet. */
export async function readStorage(ctx: Ctx) {
  const [archives] = await ctx.db
    .select({ count: count() })
    .from(archiveLedger)
    .where(and(isNull(archiveLedger.removedAt), isNull(archiveLedger.trashedAt)));
  const [stored] = await ctx.db
    .select({ bytes: sql`coalesce(sum(${repositories.sizeBytes}), 0)`.mapWith(Number) })
    .from(repositories);
  const nodes = await ctx.db
    .select({ status: systemNodeStatus.status, at: systemNodeStatus.at })
    .from(systemNodeStatus)
    .orderBy(systemNodeStatus.at)
    .limit(1000);
  const [oldest] = nodes;
  const sum = (key: "freeBytes" | "totalBytes") => nodes.reduce((all, node) => all + node.status[key], 0);
  return {
    archives: { count: archives?.count ?? 0, bytes: stored?.bytes ?? 0 },
    storage: oldest ? { freeBytes: sum("freeBytes"), totalBytes: sum("totalBytes"), at: oldest.at } : null,
  };
}
