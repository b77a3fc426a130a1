import { and, eq, isNull } from "drizzle-orm";
import { locationsOf, type StorageLocation } from "~/domain/node-status";
import type { Authorized } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { clients } from "../db/schema/clients";
import { systemNodeStatus } from "../db/schema/system";

/** Where a new repository of a client may lie: the locations of its storage node as it reported them last, the main one first. */
export async function listLocations(
  ctx: Ctx,
  may: Authorized<"manage-repositories">,
): Promise<{ name: string; problem: string | null }[]> {
  const [client] = await ctx.db
    .select({ storageNodeId: clients.storageNodeId })
    .from(clients)
    .where(and(eq(clients.id, may.clientId), isNull(clients.removedAt)));
  if (!client) return [];
  const locations = await readLocations(ctx, client.storageNodeId);
  return locations.map(({ name, problem }) => ({ name, problem }));
}

/** Refuses `invalid-input` for a location that the node did not report, or cannot use. The main one is always there. */
export async function refuseLocation(
  ctx: Ctx,
  input: { storageNodeId: string; location: string },
): Promise<void> {
  if (input.location === "main") return;
  const found = (await readLocations(ctx, input.storageNodeId)).find(({ name }) => name === input.location);
  if (found?.problem === null) return;
  throw new Refusal("invalid-input", {
    say: found
      ? `The storage location ${found.name} cannot be used: ${found.problem}`
      : "The storage node has no such location. Locations are added in its own configuration.",
  });
}

async function readLocations(ctx: Ctx, storageNodeId: string): Promise<StorageLocation[]> {
  const [node] = await ctx.db
    .select({ status: systemNodeStatus.status })
    .from(systemNodeStatus)
    .where(eq(systemNodeStatus.storageNodeId, storageNodeId));
  return node ? locationsOf(node.status) : [];
}
