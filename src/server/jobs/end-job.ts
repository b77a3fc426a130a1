import { eq } from "drizzle-orm";
import { type EndedState, type JobKind, WRITING_KINDS } from "~/domain/job";
import type { JobProblem, JobResult } from "~/domain/job-payload";
import { followUps } from "~/domain/run-chain";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { jobs } from "../db/schema/jobs";
import { enqueueJob } from "./enqueue-job";

/** Kinds whose end others may wait for: a repository becomes free or is made, an account is made. */
const LETS_OTHERS_BEGIN: readonly JobKind[] = [...WRITING_KINDS, "provision-client", "remove-client"];

/** What an ending needs to know of the job. */
export interface EndingJob {
  id: string;
  kind: JobKind;
  clientId: string;
  runId: string;
  repositoryId: string | null;
  planId: string | null;
}

/**
 * Ends a job and starts what follows it, in the caller's transaction, which holds the job's row and has decided that it may end.
 * The one place that writes an end state. The lease's expiry stays as it was: it tells since when a silent agent was silent.
 * Wakes whoever may have waited for the repository.
 */
export async function endJob(
  ctx: Ctx,
  job: EndingJob,
  end: { state: EndedState; problem?: JobProblem | null; result?: JobResult | null; startedAt?: Date },
): Promise<void> {
  await ctx.db
    .update(jobs)
    .set({
      state: end.state,
      endedAt: ctx.now,
      problem: end.problem ?? null,
      result: end.result ?? null,
      heldBy: null,
      notBefore: null,
      ...(end.startedAt ? { startedAt: end.startedAt } : {}),
    })
    .where(eq(jobs.id, job.id));
  for (const kind of followUps(job.kind, end.state)) {
    await enqueueJob(ctx, {
      kind,
      clientId: job.clientId,
      repositoryId: job.repositoryId,
      planId: job.planId,
      runId: job.runId,
      payload: {},
    });
  }
  const change = { entity: "job", id: job.id, clientId: job.clientId } as const;
  await announce(ctx.db, change);
  if (LETS_OTHERS_BEGIN.includes(job.kind)) {
    await announce(ctx.db, { ...change, wake: "agent" });
    await announce(ctx.db, { ...change, wake: "worker" });
  }
}
