import { and, inArray, isNull } from "drizzle-orm";
import type { Ctx } from "../context";
import { repositories } from "../db/schema/repositories";
import { enqueueOnce } from "../jobs/enqueue-once";
import type { RepositoryIds } from "./copy-ledger";

/**
 * Queues an audit for each of these repositories, unless one waits already; that one begins at once, whatever it was put off for. Those
 * that are not in the database are left out. May run twice.
 */
export async function queueAudits(
  ctx: Ctx,
  input: { repositories: readonly RepositoryIds[] },
): Promise<void> {
  const ids = input.repositories.map((one) => one.repositoryId);
  if (ids.length === 0) return;
  const found = await ctx.db
    .select({ clientId: repositories.clientId, repositoryId: repositories.id })
    .from(repositories)
    .where(and(inArray(repositories.id, ids), isNull(repositories.removedAt)))
    .orderBy(repositories.id)
    .limit(ids.length);
  for (const one of found)
    await enqueueOnce(ctx, { kind: "audit", ...one, payload: {} }, { unless: "waiting" });
}
