import { and, eq, isNull } from "drizzle-orm";
import { clientId } from "~/domain/id";
import type { Actor } from "~/domain/permission";
import type { Ctx } from "../context";
import { agentKeys, clients } from "../db/schema/clients";
import { hashToken } from "../token";

/** The agent that an API key belongs to. Null when it is unknown or revoked, or its client was removed. */
export async function findAgent(
  ctx: Omit<Ctx, "actor">,
  apiKey: string,
): Promise<Extract<Actor, { kind: "agent" }> | null> {
  const [found] = await ctx.db
    .select({ clientId: agentKeys.clientId })
    .from(agentKeys)
    .innerJoin(clients, eq(clients.id, agentKeys.clientId))
    .where(
      and(eq(agentKeys.keyHash, hashToken(apiKey)), isNull(agentKeys.revokedAt), isNull(clients.removedAt)),
    );
  return found ? { kind: "agent", clientId: clientId.parse(found.clientId) } : null;
}
