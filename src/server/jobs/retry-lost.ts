import { and, eq, gt, isNull, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { EndedState } from "~/domain/job";
import { type JobPayload, type JobProblem, jobPayloads } from "~/domain/job-payload";
import { nextTry, passesByItself, sayNextTry } from "~/domain/retry-policy";
import type { Ctx } from "../context";
import { clients } from "../db/schema/clients";
import { jobs } from "../db/schema/jobs";
import { plans } from "../db/schema/plans";
import { enqueueJob } from "./enqueue-job";
import { freshPayload } from "./fresh-payload";

/**
 * Queues another try of a job that was cut off (`domain/retry-policy`), in the same run, with its due time and deadline, and not before a
 * pause. Only while its plan and client live, nobody asked it to stop, and its plan has no newer backup into that repository: the newer
 * one does what the other try would. In the transaction that ends the job.
 */
export async function retryLost(
  ctx: Ctx,
  given: { jobId: string; state: EndedState; problem: JobProblem | null },
): Promise<void> {
  const { problem } = given;
  if (given.state !== "failed" || problem === null || !passesByItself(problem.code)) return;
  const job = await findRepeatable(ctx, given.jobId);
  // A payload that an older release wrote and this one does not read is nothing to repeat.
  if (!job || !jobPayloads[job.kind].safeParse(job.payload).success) return;
  const restoresIntoOwnFolder = isIntoOwnFolder(job.kind, job.payload);
  const next = nextTry({ ...job, restoresIntoOwnFolder }, problem.code, ctx.now);
  if (!next) return;
  await enqueueJob(ctx, {
    ...{ kind: job.kind, clientId: job.clientId, repositoryId: job.repositoryId, planId: job.planId },
    ...{ runId: job.runId, retryOf: job.id, priority: job.priority, limitSeconds: job.limitSeconds },
    ...{ dueAt: job.dueAt, startBy: job.startBy, ...next },
    payload: freshPayload(job, ctx.now),
    problem: { code: "tried-again", say: sayNextTry(next) },
  });
}

async function findRepeatable(ctx: Ctx, jobId: string) {
  const newer = alias(jobs, "newer");
  const [found] = await ctx.db
    .select({ job: jobs })
    .from(jobs)
    .innerJoin(clients, eq(clients.id, jobs.clientId))
    .leftJoin(plans, eq(plans.id, jobs.planId))
    .where(
      and(
        eq(jobs.id, jobId),
        isNull(jobs.cancelRequestedAt),
        isNull(clients.removedAt),
        isNull(plans.removedAt),
        sql`not exists ${ctx.db
          .select({ id: newer.id })
          .from(newer)
          .where(
            and(
              eq(newer.planId, jobs.planId),
              eq(newer.repositoryId, jobs.repositoryId),
              eq(newer.kind, "backup"),
              gt(newer.createdAt, jobs.createdAt),
            ),
          )}`,
      ),
    );
  return found?.job ?? null;
}

function isIntoOwnFolder(kind: string, payload: JobPayload): boolean {
  if (kind !== "restore") return false;
  const restore = jobPayloads.restore.safeParse(payload).data;
  return (
    restore?.target.kind === "restore-folder" &&
    restore.database === undefined &&
    restore.parcel === undefined
  );
}
