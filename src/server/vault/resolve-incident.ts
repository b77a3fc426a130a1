import { and, eq, isNull } from "drizzle-orm";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { vaultIncidents } from "../db/schema/vault";
import type { RepositoryIds } from "./copy-ledger";

/**
 * What a resolved incident came to; null while it is open. A job that was interrupted after its end reads it here instead of acting on
 * the repository once more. An incident that is not this repository's is a fault.
 */
export async function readOutcome(
  ctx: Ctx,
  input: { incidentId: string; repositoryId: string },
): Promise<Record<string, unknown> | null> {
  const [found] = await ctx.db
    .select({ resolvedAt: vaultIncidents.resolvedAt, outcome: vaultIncidents.outcome })
    .from(vaultIncidents)
    .where(and(eq(vaultIncidents.id, input.incidentId), eq(vaultIncidents.repositoryId, input.repositoryId)));
  if (!found) throw new Error(`repository ${input.repositoryId} has no incident ${input.incidentId}`);
  return found.resolvedAt === null ? null : (found.outcome ?? {});
}

/** Closes the open incident of a repository, in the caller's transaction. None is open: nothing is done. */
export async function resolveIncident(
  ctx: Ctx,
  ids: RepositoryIds,
  how: {
    resolution: "rolled-back" | "accepted";
    /** User id of the person who asked. */
    resolvedBy: string | null;
    reason: string | null;
    outcome: Record<string, unknown>;
  },
): Promise<void> {
  await ctx.db
    .update(vaultIncidents)
    .set({ resolvedAt: ctx.now, ...how })
    .where(and(eq(vaultIncidents.repositoryId, ids.repositoryId), isNull(vaultIncidents.resolvedAt)));
  await announce(ctx.db, { entity: "repository", id: ids.repositoryId, clientId: ids.clientId });
}
