import { and, asc, eq, inArray } from "drizzle-orm";
import type { JobProblem } from "~/domain/job-payload";
import type { Ctx } from "../context";
import { jobs } from "../db/schema/jobs";
import { endJob } from "./end-job";

/**
 * Fails the backups of a repository that machines have now: the gate has shut them out, and a machine that keeps saying that it works must
 * not be able to keep others waiting for the repository. Returns how many.
 */
export async function endBackupsOfRepository(
  ctx: Ctx,
  input: { repositoryId: string; problem: JobProblem },
): Promise<number> {
  const out = await ctx.db
    .select()
    .from(jobs)
    .where(
      and(
        eq(jobs.repositoryId, input.repositoryId),
        eq(jobs.kind, "backup"),
        inArray(jobs.state, ["assigned", "running"]),
      ),
    )
    .orderBy(asc(jobs.id))
    .limit(100)
    .for("update");
  for (const job of out) await endJob(ctx, job, { state: "failed", problem: input.problem });
  return out.length;
}
