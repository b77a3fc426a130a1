import { eq } from "drizzle-orm";
import { dropCatalog } from "../archives/catalog/open-catalog";
import { catalogSql } from "../catalog-pool";
import type { Ctx } from "../context";
import { repositories } from "../db/schema/repositories";
import { appendEntry } from "../journal/append-entry";
import { type Keeper, KeeperProblem } from "../keeper-port";
import { recordDeletion } from "../repositories/mark-repository";
import { forgetArchives } from "../vault/forget-archives";

type Ids = { clientId: string; repositoryId: string };

/** Has the keeper begin the grace period, and takes over its time. One that was brought back meanwhile, or never made, is not marked. May run twice. */
export async function markForDeletion(
  ctx: Ctx,
  keeper: Keeper,
  input: Ids & { graceDays: number },
): Promise<{ deleteAfter: string | null }> {
  const { clientId, repositoryId, graceDays } = input;
  if (!(await isRemoved(ctx, repositoryId))) return { deleteAfter: null };
  try {
    const { deleteAfter } = await keeper.call("mark-for-deletion", { clientId, repositoryId, graceDays });
    await recordDeletion(ctx, { repositoryId, deleteAfter: new Date(deleteAfter) });
    return { deleteAfter };
  } catch (problem) {
    if (isMissing(problem)) return { deleteAfter: null };
    throw problem;
  }
}

/** Has the keeper take its mark away. May run twice. */
export async function undoDeletion(ctx: Ctx, keeper: Keeper, ids: Ids): Promise<object> {
  if (await isRemoved(ctx, ids.repositoryId)) return {};
  try {
    await keeper.call("undo-deletion", { clientId: ids.clientId, repositoryId: ids.repositoryId });
  } catch (problem) {
    if (!isMissing(problem)) throw problem;
  }
  return {};
}

/** Has the keeper delete a repository whose time is over; the keeper decides whether it is. May run twice. */
export async function deleteRepository(
  ctx: Ctx,
  keeper: Keeper,
  { clientId, repositoryId }: Ids,
): Promise<{ freedBytes: number }> {
  let freedBytes = 0;
  try {
    ({ freedBytes } = await keeper.call("delete-repository", { clientId, repositoryId }));
  } catch (problem) {
    // Gone already: a worker died between the keeper's answer and the next line.
    if (!isMissing(problem)) throw problem;
  }
  await dropCatalog(catalogSql(), repositoryId);
  await ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    await recordDeletion(inTx, { repositoryId, deleteAfter: null });
    await forgetArchives(inTx, { repositoryId });
    await appendEntry(inTx, {
      action: "repository.deleted",
      say: "Deleted a removed repository for good: its grace period was over.",
      ...{ clientId, repositoryId },
      detail: { freedBytes },
    });
  });
  return { freedBytes };
}

async function isRemoved(ctx: Ctx, repositoryId: string): Promise<boolean> {
  const [row] = await ctx.db
    .select({ removedAt: repositories.removedAt })
    .from(repositories)
    .where(eq(repositories.id, repositoryId));
  return row !== undefined && row.removedAt !== null;
}

const isMissing = (problem: unknown) =>
  problem instanceof KeeperProblem && problem.code === "repository-missing";
