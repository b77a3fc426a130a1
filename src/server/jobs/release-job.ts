import { and, eq } from "drizzle-orm";
import type { JobPayload } from "~/domain/job-payload";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { jobs } from "../db/schema/jobs";

/** Lets a job begin that waited for another one, with what that one has found out. False: it waits no more, and nothing was changed. */
export async function releaseJob(ctx: Ctx, given: { jobId: string; payload: JobPayload }): Promise<boolean> {
  const [job] = await ctx.db
    .update(jobs)
    .set({ payload: given.payload, notBefore: null, problem: null })
    .where(and(eq(jobs.id, given.jobId), eq(jobs.state, "queued")))
    .returning({ id: jobs.id, clientId: jobs.clientId, executor: jobs.executor });
  if (!job) return false;
  await announce(ctx.db, { entity: "job", id: job.id, clientId: job.clientId, wake: job.executor });
  return true;
}
