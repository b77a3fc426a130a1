import { and, asc, eq, inArray, isNull, sql } from "drizzle-orm";
import { AGENT_LIMIT_SECONDS, sayTimedOut } from "~/domain/time-limit";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { jobs } from "../db/schema/jobs";

/**
 * Asks machines to stop the jobs that run longer than their limit, as a person would ask: the job fails as `timed-out` when its machine says
 * that borg has ended. The limit counts from the hand-out, by our clock. May run twice and in several workers at once. Returns how many.
 */
export async function stopOverdue(ctx: Ctx): Promise<number> {
  return ctx.db.transaction(async (tx) => {
    const overdue = await tx
      .select({ id: jobs.id, clientId: jobs.clientId, limitSeconds: sql<number>`${limitOfRow}` })
      .from(jobs)
      .where(
        and(
          inArray(jobs.state, ["assigned", "running"]),
          eq(jobs.executor, "agent"),
          isNull(jobs.cancelRequestedAt),
          sql`${jobs.assignedAt} + make_interval(secs => ${limitOfRow}) < ${ctx.now.toISOString()}`,
        ),
      )
      .orderBy(asc(jobs.id))
      .limit(100)
      .for("update", { skipLocked: true });
    for (const job of overdue) {
      await tx
        .update(jobs)
        .set({ cancelRequestedAt: ctx.now, problem: sayTimedOut(job.limitSeconds) })
        .where(eq(jobs.id, job.id));
      await announce(tx, { entity: "job", id: job.id, clientId: job.clientId, wake: "agent" });
    }
    return overdue.length;
  });
}

const kinds = Object.entries(AGENT_LIMIT_SECONDS).map(
  ([kind, seconds]) => sql`when ${kind} then ${seconds}::int`,
);
const limitOfRow = sql`coalesce(${jobs.limitSeconds}, case ${jobs.kind} ${sql.join(kinds, sql` `)} end)`;
