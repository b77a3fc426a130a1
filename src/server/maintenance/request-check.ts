import { and, eq, isNull, sql } from "drizzle-orm";
import type { Authorized } from "~/domain/permission";
import { sayQuarantined } from "~/domain/quarantine-words";
import { Refusal } from "~/domain/refusal";
import type { CheckKind } from "~/domain/repository";
import type { Ctx } from "../context";
import { jobs } from "../db/schema/jobs";
import { enqueueJob } from "../jobs/enqueue-job";
import { lockRepositories } from "../jobs/lock-repositories";
import { appendEntry } from "../journal/append-entry";
import { findLivingRepository } from "../repositories/find-living-repository";
import { readSetting } from "../settings/read-setting";

/** A check that a person asked for may take its time. */
const ASKED_BUDGET_SECONDS = 6 * 3600;
const FULL_BUDGET_SECONDS = 24 * 3600;

/**
 * Asks for a check now, whatever the windows say. Asking twice for the same kind answers the one that waits or runs. Refuses not-found,
 * repository-quarantined.
 */
export async function requestCheck(
  ctx: Ctx,
  may: Authorized<"maintenance">,
  input: { repositoryId: string; kind: CheckKind },
): Promise<{ jobId: string }> {
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const { heldAt, name, ...ids } = await findLivingRepository(inTx, may, input);
    if (heldAt)
      throw new Refusal("repository-quarantined", { say: sayQuarantined(name, "check it after that.") });
    const budgetSeconds = input.kind === "full" ? FULL_BUDGET_SECONDS : ASKED_BUDGET_SECONDS;
    const { jobId } = await queueCheck(inTx, { ...ids, kind: input.kind, budgetSeconds });
    await appendEntry(inTx, {
      action: "repository.check.asked",
      say: `Asked for a ${input.kind} check of repository ${name}.`,
      ...ids,
      detail: { jobId, kind: input.kind },
    });
    return { jobId };
  });
}

/** Queues a check unless one of its kind waits or runs; then that one is answered. In the caller's transaction. */
export async function queueCheck(
  ctx: Ctx,
  input: { clientId: string; repositoryId: string; kind: CheckKind; budgetSeconds: number },
): Promise<{ jobId: string }> {
  const { clientId, repositoryId, kind, budgetSeconds } = input;
  await lockRepositories(ctx, [repositoryId]);
  const [there] = await ctx.db
    .select({ jobId: jobs.id })
    .from(jobs)
    .where(
      and(
        eq(jobs.repositoryId, repositoryId),
        eq(jobs.kind, "check"),
        isNull(jobs.endedAt),
        sql`${jobs.payload} ->> 'kind' = ${kind}`,
      ),
    )
    .limit(1);
  if (there) return there;
  const { checkEveryDays: everyDays } = await readSetting(ctx, "maintenance");
  return enqueueJob(ctx, {
    kind: "check",
    clientId,
    repositoryId,
    payload: { kind, budgetSeconds, everyDays },
  });
}
