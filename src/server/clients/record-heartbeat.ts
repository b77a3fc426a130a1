import { isDeepStrictEqual } from "node:util";
import { and, eq, isNull } from "drizzle-orm";
import type { ClientId } from "~/domain/id";
import type { AgentPolicy, Machine } from "~/protocol/v1";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { clients } from "../db/schema/clients";
import { onlineSince } from "./client-row";

/**
 * Notes that a machine spoke, and what it said of itself. Tells the console only when something it shows changed: a fleet that
 * polls does not make every open page load again.
 */
export async function recordHeartbeat(
  ctx: Ctx,
  input: { clientId: ClientId; machine: Machine; policy: AgentPolicy },
): Promise<void> {
  const [before] = await ctx.db
    .select({ machine: clients.machine, policy: clients.policy, lastSeenAt: clients.lastSeenAt })
    .from(clients)
    .where(and(eq(clients.id, input.clientId), isNull(clients.removedAt)));
  if (!before) return;
  await ctx.db
    .update(clients)
    .set({ lastSeenAt: ctx.now, machine: input.machine, policy: input.policy })
    .where(eq(clients.id, input.clientId));
  const wasOnline = before.lastSeenAt !== null && before.lastSeenAt > new Date(onlineSince(ctx.now));
  const shown = (machine: Machine | null) => machine && { ...machine, clockAheadMs: null };
  const same =
    isDeepStrictEqual(shown(before.machine), shown(input.machine)) &&
    isDeepStrictEqual(before.policy, input.policy);
  if (!wasOnline || !same) {
    await announce(ctx.db, { entity: "client", id: input.clientId, clientId: input.clientId });
  }
}
