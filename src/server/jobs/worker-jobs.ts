import { and, eq, inArray } from "drizzle-orm";
import type { EndedState } from "~/domain/job";
import type { JobProblem, JobResult } from "~/domain/job-payload";
import { backOffSeconds, WORKER_LEASE_SECONDS } from "~/domain/lease";
import type { Progress } from "~/protocol/v1";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { jobs } from "../db/schema/jobs";
import { endJob } from "./end-job";

type Job = typeof jobs.$inferSelect;

/** A worker's hold on a job: only the holder of the newest lease may say what becomes of it. */
export interface Hold {
  jobId: string;
  lease: number;
}

/** Says that the work goes on. `held` false: somebody else has the job, stop at once. `cancel`: a person wants it stopped. */
export async function keepHold(ctx: Ctx, hold: Hold): Promise<{ held: boolean; cancel: boolean }> {
  const [job] = await ctx.db
    .update(jobs)
    .set({ leaseExpiresAt: new Date(ctx.now.getTime() + WORKER_LEASE_SECONDS * 1000) })
    .where(and(eq(jobs.id, hold.jobId), eq(jobs.lease, hold.lease), eq(jobs.state, "running")))
    .returning({ cancelRequestedAt: jobs.cancelRequestedAt });
  return job ? { held: true, cancel: job.cancelRequestedAt !== null } : { held: false, cancel: false };
}

/** Says how far a job is that this worker holds. One that it holds no more is left alone. */
export async function noteProgress(ctx: Ctx, hold: Hold, progress: Progress): Promise<void> {
  const [job] = await ctx.db
    .update(jobs)
    .set({ progress })
    .where(and(eq(jobs.id, hold.jobId), eq(jobs.lease, hold.lease), eq(jobs.state, "running")))
    .returning({ clientId: jobs.clientId });
  if (job) await announce(ctx.db, { entity: "job", id: hold.jobId, clientId: job.clientId });
}

/** Ends a job that this worker holds. False: it holds it no more, and nothing was changed. */
export async function endHeldJob(
  ctx: Ctx,
  hold: Hold,
  end: { state: EndedState; problem?: JobProblem | null; result?: JobResult | null },
): Promise<boolean> {
  return whileHeld(ctx, hold, (inTx, job) => endJob(inTx, job, end));
}

/** Puts a job back because its storage is out of reach: with a growing pause, never given up. False: held no more. */
export async function putOff(ctx: Ctx, hold: Hold, problem: JobProblem): Promise<boolean> {
  return whileHeld(ctx, hold, (inTx, job) => {
    const notBefore = new Date(ctx.now.getTime() + backOffSeconds(job.lease) * 1000);
    return requeue(inTx, job, { attempts: job.attempts, notBefore, problem });
  });
}

/** Puts a job back untouched because this worker stops. False: held no more. */
export async function handBack(ctx: Ctx, hold: Hold): Promise<boolean> {
  return whileHeld(ctx, hold, (inTx, job) =>
    requeue(inTx, job, { attempts: job.attempts, notBefore: null, problem: null }),
  );
}

async function whileHeld(
  ctx: Ctx,
  hold: Hold,
  change: (inTx: Ctx, job: Job) => Promise<void>,
): Promise<boolean> {
  return ctx.db.transaction(async (tx) => {
    const [job] = await tx
      .select()
      .from(jobs)
      .where(and(eq(jobs.id, hold.jobId), eq(jobs.lease, hold.lease), inArray(jobs.state, ["running"])))
      .for("update");
    if (!job) return false;
    await change({ ...ctx, db: tx }, job);
    return true;
  });
}

/** Puts a job back into the queue. The caller holds its row. */
export async function requeue(
  ctx: Ctx,
  job: Pick<Job, "id" | "clientId" | "executor">,
  next: { attempts: number; notBefore: Date | null; problem: JobProblem | null },
): Promise<void> {
  await ctx.db
    .update(jobs)
    .set({ state: "queued", heldBy: null, leaseExpiresAt: null, assignedAt: null, startedAt: null, ...next })
    .where(eq(jobs.id, job.id));
  await announce(ctx.db, { entity: "job", id: job.id, clientId: job.clientId, wake: job.executor });
}
