import { and, asc, eq, isNull } from "drizzle-orm";
import type { Ctx } from "../context";
import { repositories } from "../db/schema/repositories";
import { appendEntry } from "../journal/append-entry";
import { repositoryMissing } from "../repositories/find-repository-owner";
import { rebuildCatalog } from "./queue-catalog";

/** Drops the catalog of a repository, or of all, and queues writing it anew. Refuses not-found. May run twice. */
export async function rebuildCatalogs(
  ctx: Ctx,
  input: { repositoryId?: string | undefined },
): Promise<{ repositories: number }> {
  const { repositoryId } = input;
  const rows = await ctx.db
    .select({ repositoryId: repositories.id, clientId: repositories.clientId })
    .from(repositories)
    .where(
      and(
        isNull(repositories.removedAt),
        repositoryId === undefined ? undefined : eq(repositories.id, repositoryId),
      ),
    )
    .orderBy(asc(repositories.id));
  if (repositoryId !== undefined && rows.length === 0) throw repositoryMissing();
  for (const ids of rows) {
    await rebuildCatalog(ctx, ids);
    await appendEntry(ctx, {
      action: "repository.catalog.rebuild",
      say: "Dropped the catalog of a repository, to be written anew from its archives.",
      ...ids,
      detail: {},
    });
  }
  return { repositories: rows.length };
}
