import { and, eq, isNull } from "drizzle-orm";
import { catalogSql } from "../catalog-pool";
import type { Ctx } from "../context";
import { clients } from "../db/schema/clients";
import { repositories } from "../db/schema/repositories";
import { visibleTo } from "../db/visible-to";

/** A repository as a search goes through it: its number in the catalog, and how many pages of names it has there. */
export interface SearchedRepository {
  number: number;
  pages: number;
  repositoryId: string;
  clientId: string;
  clientName: string;
}

/**
 * The repositories of one client, or one of them, or all, that the actor may see and the catalog knows, by their numbers from `from` on; at
 * most `limit`.
 */
export async function searchedRepositories(
  ctx: Ctx,
  input: { clientId?: string | undefined; repositoryId?: string | undefined; from: number; limit: number },
): Promise<SearchedRepository[]> {
  const rows = await ctx.db
    .select({ repositoryId: repositories.id, clientId: repositories.clientId, clientName: clients.name })
    .from(repositories)
    .innerJoin(clients, eq(clients.id, repositories.clientId))
    .where(
      and(
        isNull(repositories.removedAt),
        visibleTo(ctx.actor, repositories.clientId),
        input.clientId === undefined ? undefined : eq(repositories.clientId, input.clientId),
        input.repositoryId === undefined ? undefined : eq(repositories.id, input.repositoryId),
      ),
    )
    .orderBy(repositories.id);
  const rowOf = new Map(rows.map((row) => [row.repositoryId, row]));
  const numbered = await catalogSql()<{ number: number; pages: number; repositoryId: string }[]>`
    select number, next_page as pages, repository_id as "repositoryId" from catalog_repositories
    where repository_id = any(${[...rowOf.keys()]}::text[]) and number >= ${input.from}
    order by number limit ${input.limit}`;
  return numbered.flatMap((one) => {
    const row = rowOf.get(one.repositoryId);
    return row ? [{ ...one, ...row }] : [];
  });
}
