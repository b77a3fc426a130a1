import { and, eq, inArray, isNull } from "drizzle-orm";
import type { WorkerJobKind } from "~/domain/job";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { jobs } from "../db/schema/jobs";
import { enqueueJob, type NewJob } from "./enqueue-job";
import { lockRepositories } from "./lock-repositories";

/**
 * Puts work on a repository into the queue unless the same kind of work waits for it there already; then that one is answered, and it
 * begins as soon as it can, whatever pause it was put off for. `unless: "unfinished"`: one that runs counts too. Two that ask at once
 * see one another.
 */
export async function enqueueOnce<K extends WorkerJobKind>(
  ctx: Ctx,
  job: NewJob<K> & { repositoryId: string },
  given: { unless: "waiting" | "unfinished" },
): Promise<{ jobId: string }> {
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    await lockRepositories(inTx, [job.repositoryId]);
    const [there] = await tx
      .select({ jobId: jobs.id, state: jobs.state, notBefore: jobs.notBefore })
      .from(jobs)
      .where(
        and(
          eq(jobs.repositoryId, job.repositoryId),
          eq(jobs.kind, job.kind),
          given.unless === "waiting" ? eq(jobs.state, "queued") : isNull(jobs.endedAt),
        ),
      )
      .limit(1);
    if (!there) return enqueueJob(inTx, job);
    const { jobId } = there;
    if (there.state === "queued" && there.notBefore !== null) {
      // A claimer that holds the row takes it now, and may wait for the repository that we hold.
      const free = tx
        .select({ id: jobs.id })
        .from(jobs)
        .where(and(eq(jobs.id, jobId), eq(jobs.state, "queued")))
        .for("update", { skipLocked: true });
      await tx.update(jobs).set({ notBefore: null }).where(inArray(jobs.id, free));
      await announce(tx, { entity: "job", id: jobId, clientId: job.clientId, wake: "worker" });
    }
    return { jobId };
  });
}
