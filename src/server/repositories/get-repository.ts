import { and, eq, isNotNull, isNull, or, sql } from "drizzle-orm";
import type { Authorized } from "~/domain/permission";
import { sshTarget } from "../clients/ssh-target";
import type { Ctx } from "../context";
import { plans } from "../db/schema/plans";
import { repositories } from "../db/schema/repositories";
import { repositoryMissing } from "./find-repository-owner";
import { renderUrl } from "./render-url";
import { type RepositoryRow, readRepositoryRows } from "./repository-row";

export interface RepositoryDetails extends RepositoryRow {
  url: string;
  borgId: string | null;
  plans: { id: string; name: string }[];
}

/** One repository of the client that `may` is about; a removed one too, until it is deleted for good. Refuses `not-found` for any other. */
export async function getRepository(
  ctx: Ctx,
  may: Authorized<"view">,
  input: { id: string },
): Promise<RepositoryDetails> {
  const where = and(
    eq(repositories.id, input.id),
    eq(repositories.clientId, may.clientId),
    or(isNull(repositories.removedAt), isNotNull(repositories.deleteAfter)),
  );
  const [row] = await readRepositoryRows(ctx, { where, limit: 1 });
  const [stored] = await ctx.db.select({ borgId: repositories.borgId }).from(repositories).where(where);
  if (!row || !stored) throw repositoryMissing();
  const using = await ctx.db
    .select({ id: plans.id, name: plans.name })
    .from(plans)
    .where(
      and(
        isNull(plans.removedAt),
        or(
          eq(plans.repositoryId, row.id),
          sql`${plans.id} in (select c.plan_id from plan_copies c where c.repository_id = ${row.id})`,
        ),
      ),
    )
    .orderBy(sql`lower(${plans.name})`)
    .limit(200);
  return {
    ...row,
    url: renderUrl(await sshTarget(ctx, row.clientId), row.id),
    borgId: stored.borgId,
    plans: using,
  };
}
