import { and, asc, inArray, lt } from "drizzle-orm";
import { AGENT_SILENT, afterLostWorker } from "~/domain/lease";
import type { Ctx } from "../context";
import { jobs } from "../db/schema/jobs";
import { endJob } from "./end-job";
import { requeue } from "./worker-jobs";

/**
 * Ends the waiting for holders that went silent. A machine's job fails with {@link AGENT_SILENT}, which is our guess: it may be
 * working still, and its true word replaces the guess. A worker's job is tried again, a limited number of times. May run twice
 * and in several workers at once. Returns how many it moved.
 */
export async function expireLeases(ctx: Ctx): Promise<number> {
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const silent = await tx
      .select()
      .from(jobs)
      .where(and(inArray(jobs.state, ["assigned", "running"]), lt(jobs.leaseExpiresAt, ctx.now)))
      .orderBy(asc(jobs.leaseExpiresAt))
      .limit(500)
      .for("update", { skipLocked: true });
    for (const job of silent) {
      if (job.executor === "worker") {
        await retakeWorkerJob(inTx, job);
        continue;
      }
      await endJob(inTx, job, {
        state: "failed",
        problem: {
          code: AGENT_SILENT,
          say: "The machine has not been heard of for some minutes. It may still be working; if it comes back, its true result replaces this.",
        },
      });
    }
    return silent.length;
  });
}

/** A job whose worker is gone: waits again, or fails after too many tries. The caller holds the job's row. */
export async function retakeWorkerJob(ctx: Ctx, job: typeof jobs.$inferSelect): Promise<void> {
  const attempts = job.attempts + 1;
  if (job.cancelRequestedAt) {
    return endJob(ctx, job, {
      state: "cancelled",
      problem: { code: "cancelled", say: "Cancelled. The server was restarted while it stopped the job." },
    });
  }
  if (afterLostWorker(attempts) === "queued") {
    const say = "The server was restarted in the middle of this. It is tried again.";
    return requeue(ctx, job, { attempts, notBefore: null, problem: { code: "worker-lost", say } });
  }
  return endJob(ctx, job, {
    state: "failed",
    problem: {
      code: "worker-lost",
      say: `The server stopped ${attempts} times in the middle of this. See its log, then retry.`,
    },
  });
}
