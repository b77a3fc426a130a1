import { and, eq, isNotNull, isNull, sql } from "drizzle-orm";
import type { Page } from "~/domain/page";
import type { Ctx } from "../context";
import { clients } from "../db/schema/clients";
import { repositories } from "../db/schema/repositories";
import { visibleTo } from "../db/visible-to";
import { type RepositoryRow, readRepositoryRows } from "./repository-row";

/**
 * Repositories that the actor may see by client and name, a page at a time, in one statement; those of removed clients too, for they stay. The cursor is
 * the id of the last row of the page before. `removed`: instead those that wait to be deleted for good.
 */
export async function listRepositories(
  ctx: Ctx,
  input: {
    clientId?: string | undefined;
    removed?: boolean | undefined;
    cursor?: string | null | undefined;
    limit: number;
  },
): Promise<Page<RepositoryRow>> {
  const rows = await readRepositoryRows(ctx, {
    where: and(
      input.removed ? isNotNull(repositories.deleteAfter) : isNull(repositories.removedAt),
      visibleTo(ctx.actor, repositories.clientId),
      input.clientId ? eq(repositories.clientId, input.clientId) : undefined,
      input.cursor
        ? sql`(lower(${clients.name}), lower(${repositories.name}), ${repositories.id}) > (
            select lower(c.name), lower(r.name), r.id from repositories r join clients c on c.id = r.client_id
            where ${and(sql`r.id = ${input.cursor}`, visibleTo(ctx.actor, sql`r.client_id`))})`
        : undefined,
    ),
    limit: input.limit + 1,
  });
  const items = rows.slice(0, input.limit);
  return { items, nextCursor: rows.length > input.limit ? (items.at(-1)?.id ?? null) : null };
}
