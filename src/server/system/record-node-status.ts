import { lt } from "drizzle-orm";
import { locationsOf, type NodeStatus } from "~/domain/node-status";
import { ensureStorageNode, MAIN_NODE } from "../clients/ensure-storage-node";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { storageDays, systemNodeStatus } from "../db/schema/system";

/** For how long it is kept how full a location was. */
const KEEP_DAYS = 400;

/** Writes down what the storage node says of itself (the answer of the keeper's verb `status`), replacing the last; how full it is once a day. */
export async function recordNodeStatus(ctx: Ctx, input: { status: NodeStatus }): Promise<void> {
  await ensureStorageNode(ctx);
  const written = { status: input.status, at: ctx.now };
  await ctx.db
    .insert(systemNodeStatus)
    .values({ storageNodeId: MAIN_NODE, ...written })
    .onConflictDoUpdate({ target: systemNodeStatus.storageNodeId, set: written });
  await keepDay(ctx, input.status);
  await announce(ctx.db, { entity: "system", id: MAIN_NODE, clientId: null });
}

/** The first word of a day stands for it: the next ones write nothing. */
async function keepDay(ctx: Ctx, status: NodeStatus): Promise<void> {
  const dayOf = (at: Date) => at.toISOString().slice(0, 10);
  const usable = locationsOf(status).filter(({ problem, totalBytes }) => problem === null && totalBytes > 0);
  if (usable.length === 0) return;
  const kept = await ctx.db
    .insert(storageDays)
    .values(
      usable.map(({ name, freeBytes, totalBytes }) => ({
        ...{ storageNodeId: MAIN_NODE, location: name, measuredOn: dayOf(ctx.now) },
        usedBytes: totalBytes - freeBytes,
      })),
    )
    .onConflictDoNothing()
    .returning({ location: storageDays.location });
  if (kept.length === 0) return;
  const before = dayOf(new Date(ctx.now.getTime() - KEEP_DAYS * 86_400_000));
  await ctx.db.delete(storageDays).where(lt(storageDays.measuredOn, before));
}
