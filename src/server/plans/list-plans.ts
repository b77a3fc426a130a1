import { and, eq, isNull, type SQL, sql } from "drizzle-orm";
import type { Page } from "~/domain/page";
import type { Ctx } from "../context";
import { clients } from "../db/schema/clients";
import { planCopies, plans } from "../db/schema/plans";
import { visibleTo } from "../db/visible-to";
import { type PlanRow, readPlanRows } from "./plan-row";

/** Plans that the actor may see, of living clients, by client and name, a page at a time, in one statement. The cursor is the id of the last row before. */
export async function listPlans(
  ctx: Ctx,
  input: {
    clientId?: string | undefined;
    repositoryId?: string | undefined;
    cursor?: string | null | undefined;
    limit: number;
  },
): Promise<Page<PlanRow>> {
  const rows = await readPlanRows(ctx, {
    where: and(
      isNull(plans.removedAt),
      isNull(clients.removedAt),
      visibleTo(ctx.actor, plans.clientId),
      input.clientId ? eq(plans.clientId, input.clientId) : undefined,
      input.repositoryId ? writesTo(input.repositoryId) : undefined,
      input.cursor
        ? sql`(lower(${clients.name}), lower(${plans.name}), ${plans.id}) > (
            select lower(c.name), lower(p.name), p.id from plans p join clients c on c.id = p.client_id
            where ${and(sql`p.id = ${input.cursor}`, visibleTo(ctx.actor, sql`p.client_id`))})`
        : undefined,
    ),
    limit: input.limit + 1,
  });
  const items = rows.slice(0, input.limit);
  return { items, nextCursor: rows.length > input.limit ? (items.at(-1)?.id ?? null) : null };
}

/** Plans of which the repository is the first or a further one. */
function writesTo(repositoryId: string): SQL {
  return sql`(${plans.repositoryId} = ${repositoryId} or ${plans.id} in (
    select copies.plan_id from ${planCopies} copies where copies.repository_id = ${repositoryId}))`;
}
