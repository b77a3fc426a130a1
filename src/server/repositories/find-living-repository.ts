import { and, eq, isNull } from "drizzle-orm";
import type { Action, Authorized } from "~/domain/permission";
import type { Ctx } from "../context";
import { repositories } from "../db/schema/repositories";
import { repositoryMissing } from "./find-repository-owner";

/** A repository of the client that `may` is about, to ask for work on it. Refuses not-found. */
export async function findLivingRepository(
  ctx: Ctx,
  may: Authorized<Action>,
  input: { repositoryId: string },
): Promise<{ clientId: string; repositoryId: string; name: string; heldAt: Date | null }> {
  const [found] = await ctx.db
    .select({
      clientId: repositories.clientId,
      repositoryId: repositories.id,
      name: repositories.name,
      heldAt: repositories.heldAt,
    })
    .from(repositories)
    .where(
      and(
        eq(repositories.id, input.repositoryId),
        eq(repositories.clientId, may.clientId),
        isNull(repositories.removedAt),
      ),
    );
  if (!found) throw repositoryMissing();
  return found;
}
