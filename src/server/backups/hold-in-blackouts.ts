import { and, asc, eq, inArray, isNotNull, isNull, lte, or, sql } from "drizzle-orm";
import { blackoutEndAt } from "~/domain/next-run";
import type { Ctx } from "../context";
import { jobs } from "../db/schema/jobs";
import { schedules } from "../db/schema/schedules";
import { type PostponedJob, postponeJobs } from "../jobs/postpone-jobs";

const AT_ONCE = 1000;

/**
 * Keeps backups that came from a schedule and wait still (their machine was away, another job was in the way) from beginning in a blackout
 * of that schedule: they wait for its end. What a person asked for begins at any time. Part of a tick; may run twice.
 */
export async function holdInBlackouts(ctx: Ctx): Promise<number> {
  const waiting = await ctx.db
    .select({ jobId: jobs.id, clientId: jobs.clientId, schedule: schedules.schedule })
    .from(jobs)
    .innerJoin(schedules, and(eq(schedules.planId, jobs.planId), eq(schedules.purpose, "backup")))
    .where(
      and(
        isNull(jobs.endedAt),
        eq(jobs.kind, "backup"),
        inArray(jobs.state, ["queued", "blocked"]),
        isNotNull(jobs.dueAt),
        or(isNull(jobs.notBefore), lte(jobs.notBefore, ctx.now)),
        sql`jsonb_array_length(${schedules.schedule} -> 'blackouts') > 0`,
      ),
    )
    .orderBy(asc(jobs.createdAt))
    .limit(AT_ONCE);
  const held = waiting.flatMap(({ jobId, clientId, schedule }): PostponedJob[] => {
    const notBefore = blackoutEndAt(schedule, ctx.now);
    const say = "Waits for the end of a blackout of its schedule.";
    return notBefore ? [{ jobId, clientId, notBefore, problem: { code: "blackout", say } }] : [];
  });
  await postponeJobs(ctx, held);
  return held.length;
}
