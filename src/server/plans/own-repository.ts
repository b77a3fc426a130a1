import { and, eq, isNull } from "drizzle-orm";
import type { Authorized } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { clients } from "../db/schema/clients";
import { planCopies } from "../db/schema/plans";
import { repositories } from "../db/schema/repositories";

/** Refuses `not-found` for a repository that is not a living one of this living client. */
export async function refuseForeignRepository(
  ctx: Ctx,
  may: Authorized<"manage-plans">,
  repositoryId: string,
): Promise<void> {
  const [own] = await ctx.db
    .select({ id: repositories.id })
    .from(repositories)
    .innerJoin(clients, and(eq(clients.id, repositories.clientId), isNull(clients.removedAt)))
    .where(
      and(
        eq(repositories.id, repositoryId),
        eq(repositories.clientId, may.clientId),
        isNull(repositories.removedAt),
      ),
    );
  if (!own) throw new Refusal("not-found", { say: "This client has no such repository." });
}

/** The further repositories of a plan, by id. */
export async function readCopies(ctx: Ctx, planId: string): Promise<string[]> {
  const rows = await ctx.db
    .select({ id: planCopies.repositoryId })
    .from(planCopies)
    .where(eq(planCopies.planId, planId))
    .orderBy(planCopies.repositoryId);
  return rows.map(({ id }) => id);
}

/** Sets the further repositories; left out, they stay. The plan's own is never one of them. Refuses like {@link refuseForeignRepository}. */
export async function writeCopies(
  ctx: Ctx,
  may: Authorized<"manage-plans">,
  plan: { id: string; repositoryId: string; moreRepositoryIds?: readonly string[] | undefined },
): Promise<void> {
  if (plan.moreRepositoryIds === undefined) return;
  const wanted = plan.moreRepositoryIds.filter((id) => id !== plan.repositoryId);
  for (const id of wanted) await refuseForeignRepository(ctx, may, id);
  await ctx.db.delete(planCopies).where(eq(planCopies.planId, plan.id));
  if (wanted.length === 0) return;
  await ctx.db.insert(planCopies).values(wanted.map((repositoryId) => ({ planId: plan.id, repositoryId })));
}
