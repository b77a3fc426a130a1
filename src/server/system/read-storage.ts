import { and, count, inArray, isNull, sql } from "drizzle-orm";
import { mayAdminister } from "~/domain/permission";
import type { Ctx } from "../context";
import { repositories } from "../db/schema/repositories";
import { systemNodeStatus } from "../db/schema/system";
import { archiveLedger } from "../db/schema/vault";
import { visibleTo } from "../db/visible-to";

/**
 * How much there is (without the trash) of what the actor may see, and how much room is left over all storage nodes, which is an admin's
 * to know. `storage` null: no node has reported yet, or it is not the actor's to know.
 */
export async function readStorage(ctx: Ctx) {
  const visible = visibleTo(ctx.actor, repositories.clientId);
  const seen = ctx.db.select({ id: repositories.id }).from(repositories).where(visible);
  const [archives] = await ctx.db
    .select({ count: count() })
    .from(archiveLedger)
    .where(
      and(
        isNull(archiveLedger.removedAt),
        isNull(archiveLedger.trashedAt),
        visible && inArray(archiveLedger.repositoryId, seen),
      ),
    );
  const [stored] = await ctx.db
    .select({ bytes: sql`coalesce(sum(${repositories.sizeBytes}), 0)`.mapWith(Number) })
    .from(repositories)
    .where(visible);
  const nodes = mayKnowRoom(ctx) ? await readNodes(ctx) : [];
  const [oldest] = nodes;
  const sum = (key: "freeBytes" | "totalBytes") => nodes.reduce((all, node) => all + node.status[key], 0);
  return {
    archives: { count: archives?.count ?? 0, bytes: stored?.bytes ?? 0 },
    storage: oldest ? { freeBytes: sum("freeBytes"), totalBytes: sum("totalBytes"), at: oldest.at } : null,
  };
}

const mayKnowRoom = ({ actor }: Ctx) =>
  actor.kind === "worker" || (actor.kind === "user" && mayAdminister(actor));

function readNodes(ctx: Ctx) {
  return ctx.db
    .select({ status: systemNodeStatus.status, at: systemNodeStatus.at })
    .from(systemNodeStatus)
    .orderBy(systemNodeStatus.at)
    .limit(1000);
}
