import { JOB_KINDS, type JobKind } from "~/domain/job";
import { type JobPayloadOf, jobPayloads } from "~/domain/job-payload";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { newId } from "../db/new-id";
import { jobs } from "../db/schema/jobs";

export interface NewJob<K extends JobKind> {
  kind: K;
  clientId: string;
  repositoryId?: string | null;
  planId?: string | null;
  /** The run it continues; absent: it begins one. */
  runId?: string;
  payload: JobPayloadOf<K>;
  retryOf?: string;
}

/**
 * Puts a job into the queue, in the caller's transaction: it exists only if what caused it does, and whoever does it is woken at
 * commit. Does not ask for permission and knows no duplicates; the operation that calls it does.
 */
export async function enqueueJob<K extends JobKind>(
  ctx: Ctx,
  job: NewJob<K>,
): Promise<{ jobId: string; runId: string }> {
  const id = newId();
  const runId = job.runId ?? newId();
  const { executor, lane } = JOB_KINDS[job.kind];
  await ctx.db.insert(jobs).values({
    id,
    runId,
    kind: job.kind,
    executor,
    lane,
    clientId: job.clientId,
    repositoryId: job.repositoryId ?? null,
    planId: job.planId ?? null,
    state: "queued",
    payload: jobPayloads[job.kind].parse(job.payload),
    createdAt: ctx.now,
    requestedBy: ctx.actor.kind === "user" ? ctx.actor.userId : null,
    retryOf: job.retryOf ?? null,
  });
  await announce(ctx.db, { entity: "job", id, clientId: job.clientId, wake: executor });
  return { jobId: id, runId };
}
