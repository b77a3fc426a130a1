import { and, eq, exists, isNull, or, sql } from "drizzle-orm";
import type { Authorized } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { planCopies, plans } from "../db/schema/plans";
import { enqueueJob } from "../jobs/enqueue-job";
import { lockRepositories } from "../jobs/lock-repositories";
import { bringRepositoryBack, removeRepository } from "../repositories/remove-repository";

/**
 * Deletes a repository in two steps: from now on it is out of the console and takes no backups; after the grace period, which the keeper
 * holds by its own clocks, the disk is freed. Refuses not-found, invalid-input (another name), and repository-in-use while a plan
 * backs up into it.
 */
export async function requestDeletion(
  ctx: Ctx,
  may: Authorized<"manage-repositories">,
  input: { id: string; typedName: string; graceDays: number },
): Promise<{ jobId: string; deleteAfter: Date }> {
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    await lockRepositories(inTx, [input.id]);
    await refuseWhilePlanned(inTx, may, input.id);
    const { deleteAfter } = await removeRepository(inTx, may, input);
    const { jobId } = await enqueueJob(inTx, {
      kind: "mark-for-deletion",
      ...{ clientId: may.clientId, repositoryId: input.id },
      payload: { graceDays: input.graceDays },
    });
    return { jobId, deleteAfter };
  });
}

/** Brings it back before its time is over. Refuses not-found, name-taken. */
export async function requestUndo(
  ctx: Ctx,
  may: Authorized<"manage-repositories">,
  input: { id: string },
): Promise<{ jobId: string }> {
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    await lockRepositories(inTx, [input.id]);
    await bringRepositoryBack(inTx, may, input);
    const { jobId } = await enqueueJob(inTx, {
      kind: "undo-deletion",
      ...{ clientId: may.clientId, repositoryId: input.id },
      payload: {},
    });
    return { jobId };
  });
}

/** The names of the plans are the client's, which whoever may delete may see. */
async function refuseWhilePlanned(ctx: Ctx, may: Authorized<"manage-repositories">, repositoryId: string) {
  const copies = ctx.db
    .select({ one: sql`1` })
    .from(planCopies)
    .where(and(eq(planCopies.planId, plans.id), eq(planCopies.repositoryId, repositoryId)));
  const using = await ctx.db
    .select({ name: plans.name })
    .from(plans)
    .where(
      and(
        eq(plans.clientId, may.clientId),
        isNull(plans.removedAt),
        or(eq(plans.repositoryId, repositoryId), exists(copies)),
      ),
    )
    .orderBy(sql`lower(${plans.name})`)
    .limit(20);
  if (using.length === 0) return;
  const names = using.map(({ name }) => name).join(", ");
  throw new Refusal("repository-in-use", {
    say: `${using.length === 1 ? `The plan ${names} backs` : `The plans ${names} back`} up into it. Give ${using.length === 1 ? "it" : "them"} another repository or remove ${using.length === 1 ? "it" : "them"} first.`,
  });
}
