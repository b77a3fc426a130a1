import { and, eq, isNull } from "drizzle-orm";
import type { Authorized } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { repositories } from "../db/schema/repositories";
import { enqueueJob } from "../jobs/enqueue-job";
import { lockRepositories } from "../jobs/lock-repositories";
import { appendEntry } from "../journal/append-entry";
import type { Keeper } from "../keeper-port";
import { repositoryMissing } from "../repositories/find-repository-owner";
import { recordQuota, recordSoftQuota } from "../repositories/mark-repository";

/**
 * Sets both quotas of a repository. The soft one, which only warns, holds at once; the hard one is put into force by the keeper, for borg
 * and the gate, through the job that is answered (null: it is as it was). Refuses not-found, repository-not-ready.
 */
export async function requestQuotas(
  ctx: Ctx,
  may: Authorized<"manage-repositories">,
  input: { id: string; quotaBytes: number | null; softQuotaBytes: number | null },
): Promise<{ jobId: string | null }> {
  const { id, quotaBytes, softQuotaBytes } = input;
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    await lockRepositories(inTx, [id]);
    const [before] = await tx
      .select()
      .from(repositories)
      .where(
        and(eq(repositories.id, id), eq(repositories.clientId, may.clientId), isNull(repositories.removedAt)),
      );
    if (!before) throw repositoryMissing();
    if (before.state !== "ready")
      throw new Refusal("repository-not-ready", {
        say: "Its quota can be changed once the repository is made.",
      });
    const ids = { clientId: may.clientId, repositoryId: id };
    await recordSoftQuota(inTx, { repositoryId: id, softQuotaBytes });
    const queued =
      before.quotaBytes === quotaBytes
        ? null
        : await enqueueJob(inTx, { kind: "set-quota", ...ids, payload: { quotaBytes } });
    await appendEntry(inTx, {
      action: "repository.quota",
      say: `Changed the quotas of repository ${before.name}.`,
      ...ids,
      detail: {
        before: { quotaBytes: before.quotaBytes, softQuotaBytes: before.softQuotaBytes },
        after: { quotaBytes, softQuotaBytes },
        jobId: queued?.jobId ?? null,
      },
    });
    return { jobId: queued?.jobId ?? null };
  });
}

/** Has the keeper put a hard quota into force, and writes it down then. May run twice. */
export async function setQuota(
  ctx: Ctx,
  keeper: Keeper,
  input: { clientId: string; repositoryId: string; quotaBytes: number | null },
): Promise<{ quotaBytes: number | null }> {
  const { clientId, repositoryId, quotaBytes } = input;
  await keeper.call("set-quota", { clientId, repositoryId, quotaBytes });
  await recordQuota(ctx, { repositoryId, quotaBytes });
  return { quotaBytes };
}
