import { and, asc, eq, gt, inArray } from "drizzle-orm";
import type { Ctx } from "../context";
import { jobs } from "../db/schema/jobs";
import { endJob } from "./end-job";

/**
 * Ends the other tries of a job that was taken for lost and lives, unless they run. In the transaction that learns that it lives. May run
 * twice.
 */
export async function dropNeedlessTries(ctx: Ctx, given: { jobId: string }): Promise<void> {
  const waiting = await ctx.db
    .select()
    .from(jobs)
    .where(and(eq(jobs.retryOf, given.jobId), gt(jobs.tries, 0), inArray(jobs.state, ["queued", "blocked"])))
    .orderBy(asc(jobs.id))
    .limit(10)
    .for("update");
  for (const job of waiting) {
    await endJob(ctx, job, {
      state: "cancelled",
      problem: {
        code: "not-needed",
        say: "Not needed: the machine was at work on the first try all the time.",
      },
    });
  }
}
