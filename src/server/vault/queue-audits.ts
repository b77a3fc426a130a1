import { and, eq, gt, inArray, isNull, notExists, sql } from "drizzle-orm";
import type { Ctx } from "../context";
import { jobs } from "../db/schema/jobs";
import { repositories } from "../db/schema/repositories";
import { enqueueOnce } from "../jobs/enqueue-once";
import type { RepositoryIds } from "./copy-ledger";

/** An audit that failed (a full disk, a broken borg) is not tried again by itself sooner than this. */
const AGAIN_AFTER_SECONDS = 30;

/**
 * Queues an audit for each of these repositories, unless one waits already or one has just failed. Those that are not in the database are
 * left out. Returns how many have one waiting now.
 */
export async function queueAudits(
  ctx: Ctx,
  input: { repositories: readonly RepositoryIds[] },
): Promise<number> {
  const ids = input.repositories.map((one) => one.repositoryId);
  if (ids.length === 0) return 0;
  const failedSince = new Date(ctx.now.getTime() - AGAIN_AFTER_SECONDS * 1000);
  const justFailed = ctx.db
    .select({ one: sql`1` })
    .from(jobs)
    .where(
      and(
        eq(jobs.repositoryId, repositories.id),
        eq(jobs.kind, "audit"),
        eq(jobs.state, "failed"),
        gt(jobs.endedAt, failedSince),
      ),
    );
  const found = await ctx.db
    .select({ clientId: repositories.clientId, repositoryId: repositories.id })
    .from(repositories)
    .where(and(inArray(repositories.id, ids), isNull(repositories.removedAt), notExists(justFailed)))
    .orderBy(repositories.id)
    .limit(ids.length);
  for (const one of found)
    await enqueueOnce(ctx, { kind: "audit", ...one, payload: {} }, { unless: "waiting" });
  return found.length;
}
