import { and, asc, eq, isNotNull, isNull } from "drizzle-orm";
import type { Ctx } from "../context";
import { repositories } from "../db/schema/repositories";

/**
 * The name of a repository of this client that is quarantined, the one held longest; null: none is. One is enough to shut the client out:
 * whoever changed that one has its key.
 */
export async function findQuarantined(ctx: Ctx, input: { clientId: string }): Promise<string | null> {
  const [held] = await ctx.db
    .select({ name: repositories.name })
    .from(repositories)
    .where(
      and(
        eq(repositories.clientId, input.clientId),
        isNotNull(repositories.heldAt),
        isNull(repositories.removedAt),
      ),
    )
    .orderBy(asc(repositories.heldAt))
    .limit(1);
  return held?.name ?? null;
}
