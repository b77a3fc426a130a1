import { and, eq } from "drizzle-orm";
import type { Ctx } from "../context";
import { jobs } from "../db/schema/jobs";
import { jobMissing } from "../jobs/find-job-owner";

/** A restore job. Refuses not-found, also for a job of another kind. */
export async function getRestoreJob(ctx: Ctx, input: { jobId: string }): Promise<typeof jobs.$inferSelect> {
  const [job] = await ctx.db
    .select()
    .from(jobs)
    .where(and(eq(jobs.id, input.jobId), eq(jobs.kind, "restore")));
  if (!job) throw jobMissing();
  return job;
}
