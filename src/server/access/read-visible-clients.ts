import { and, inArray } from "drizzle-orm";
import type { Ctx } from "../context";
import { clients } from "../db/schema/clients";
import { visibleTo } from "../db/visible-to";

/** Those of these clients that the actor may see, removed ones too. One statement, none for whoever may see everything. */
export async function readVisibleClients(ctx: Ctx, clientIds: readonly string[]): Promise<Set<string>> {
  const visible = visibleTo(ctx.actor, clients.id);
  if (!visible || clientIds.length === 0) return new Set(clientIds);
  const rows = await ctx.db
    .select({ id: clients.id })
    .from(clients)
    .where(and(inArray(clients.id, [...clientIds]), visible));
  return new Set(rows.map(({ id }) => id));
}
