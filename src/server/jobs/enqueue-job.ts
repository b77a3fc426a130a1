import { JOB_KINDS, type JobKind } from "~/domain/job";
import { type JobPayloadOf, type JobProblem, jobPayloads } from "~/domain/job-payload";
import { priorityOf } from "~/domain/job-priority";
import type { Ctx } from "../context";
import { announce, announceAll } from "../db/changes";
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
  /** The schedule's due time that it stands for, and until when it may begin. Absent: nobody's calendar. */
  dueAt?: Date | null;
  startBy?: Date | null;
  /** Stopped after so long; absent: the limit of its kind. */
  limitSeconds?: number | null;
  /** Another try by itself: which one, and not before when. */
  tries?: number;
  notBefore?: Date | null;
  /** Why it waits, where that is known from the beginning. */
  problem?: JobProblem;
  /** Absent: by kind, and by whether a person asks for it. */
  priority?: number;
}

/**
 * Puts a job into the queue, in the caller's transaction: it exists only if what caused it does, and whoever does it is woken at
 * commit. Does not ask for permission and knows no duplicates; the operation that calls it does.
 */
export async function enqueueJob<K extends JobKind>(
  ctx: Ctx,
  job: NewJob<K>,
): Promise<{ jobId: string; runId: string }> {
  const row = jobRow(ctx, job);
  await ctx.db.insert(jobs).values(row);
  await announce(ctx.db, { entity: "job", id: row.id, clientId: job.clientId, wake: row.executor });
  return { jobId: row.id, runId: row.runId };
}

/**
 * Puts many jobs into the queue as {@link enqueueJob} does, in two statements. PostgreSQL takes 65,535 parameters in one, a job has
 * about thirty: a longer list is put in by parts.
 */
export async function enqueueJobs(ctx: Ctx, given: readonly NewJob<JobKind>[]): Promise<void> {
  for (let at = 0; at < given.length; at += 1000) {
    const rows = given.slice(at, at + 1000).map((job) => jobRow(ctx, job));
    await ctx.db.insert(jobs).values(rows);
    await announceAll(
      ctx.db,
      rows.map(({ id, clientId, executor }) => ({ entity: "job", id, clientId, wake: executor })),
    );
  }
}

function jobRow<K extends JobKind>(ctx: Ctx, job: NewJob<K>) {
  const { executor, lane } = JOB_KINDS[job.kind];
  return {
    id: newId(),
    runId: job.runId ?? newId(),
    kind: job.kind,
    executor,
    lane,
    clientId: job.clientId,
    repositoryId: job.repositoryId ?? null,
    planId: job.planId ?? null,
    state: "queued" as const,
    payload: jobPayloads[job.kind].parse(job.payload),
    createdAt: ctx.now,
    requestedBy: ctx.actor.kind === "user" ? ctx.actor.userId : null,
    retryOf: job.retryOf ?? null,
    priority: job.priority ?? priorityOf(job.kind, ctx.actor.kind === "user"),
    dueAt: job.dueAt ?? null,
    startBy: job.startBy ?? null,
    limitSeconds: job.limitSeconds ?? null,
    tries: job.tries ?? 0,
    notBefore: job.notBefore ?? null,
    problem: job.problem ?? null,
  };
}
