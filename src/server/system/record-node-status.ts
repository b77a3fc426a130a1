import type { NodeStatus } from "~/domain/node-status";
import { ensureStorageNode, MAIN_NODE } from "../clients/ensure-storage-node";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { systemNodeStatus } from "../db/schema/system";

/** Writes down what the storage node says of itself (the answer of the keeper's verb `status`), replacing the last. */
export async function recordNodeStatus(ctx: Ctx, input: { status: NodeStatus }): Promise<void> {
  await ensureStorageNode(ctx);
  const written = { status: input.status, at: ctx.now };
  await ctx.db
    .insert(systemNodeStatus)
    .values({ storageNodeId: MAIN_NODE, ...written })
    .onConflictDoUpdate({ target: systemNodeStatus.storageNodeId, set: written });
  await announce(ctx.db, { entity: "system", id: MAIN_NODE, clientId: null });
}
