import { and, asc, eq, inArray, isNotNull, lte } from "drizzle-orm";
import type { JobProblem } from "~/domain/job-payload";
import type { Ctx } from "../context";
import { announceAll } from "../db/changes";
import { jobs } from "../db/schema/jobs";
import { endJob } from "./end-job";

/** The problem code of a job that did not begin by its deadline. */
export const START_BY_PASSED = "start-by-passed";

/**
 * Ends jobs that had to begin by a time that has passed and still wait: cancelled, with {@link START_BY_PASSED}. Many at once in one
 * statement; one that was given out and put back before may have done something, so it ends like any other, with what follows it. One that
 * is just being given out is left alone. In the caller's transaction; may run twice. Answers the runs that they belong to.
 */
export async function endUnbegun(
  ctx: Ctx,
  input: { most: number },
): Promise<{ runIds: string[]; ended: number }> {
  const late = await ctx.db
    .select()
    .from(jobs)
    .where(
      and(inArray(jobs.state, ["queued", "blocked"]), isNotNull(jobs.startBy), lte(jobs.startBy, ctx.now)),
    )
    .orderBy(asc(jobs.startBy))
    .limit(input.most)
    .for("update", { skipLocked: true });
  if (late.length === 0) return { runIds: [], ended: 0 };
  const neverOut = late.filter((job) => job.lease === 0);
  if (neverOut.length > 0) {
    await ctx.db
      .update(jobs)
      .set({ state: "cancelled", endedAt: ctx.now, problem: PASSED, notBefore: null, turnAt: null })
      .where(
        inArray(
          jobs.id,
          neverOut.map(({ id }) => id),
        ),
      );
    await announceAll(
      ctx.db,
      neverOut.map(({ id, clientId }) => ({ entity: "job", id, clientId })),
    );
  }
  for (const job of late) if (job.lease > 0) await endJob(ctx, job, { state: "cancelled", problem: PASSED });
  return {
    runIds: await runsNeverBegun(ctx, [...new Set(late.map(({ runId }) => runId))]),
    ended: late.length,
  };
}

const PASSED: JobProblem = {
  code: START_BY_PASSED,
  say: "It could not begin by its deadline, so it was skipped. Nothing was done.",
};

/** Those of the runs of which no backup has begun, or still can. */
async function runsNeverBegun(ctx: Ctx, runIds: readonly string[]): Promise<string[]> {
  const rows = await ctx.db
    .select({ runId: jobs.runId, lease: jobs.lease, state: jobs.state })
    .from(jobs)
    .where(and(inArray(jobs.runId, [...runIds]), eq(jobs.kind, "backup")));
  const begun = new Set(
    rows.filter((job) => job.lease > 0 || job.state !== "cancelled").map((job) => job.runId),
  );
  return runIds.filter((id) => !begun.has(id));
}
