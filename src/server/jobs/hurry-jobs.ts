import { and, eq, inArray, lt, sql } from "drizzle-orm";
import { PRIORITIES } from "~/domain/job-priority";
import type { Ctx } from "../context";
import { announceAll } from "../db/changes";
import { jobs } from "../db/schema/jobs";

/**
 * A person asks for backups that wait already: for their calendar's free hours, or for the pause before another try. They begin as soon as they
 * can, however late it is, and before those of the calendar. What does not wait is left alone. May run twice.
 */
export async function hurryBackups(ctx: Ctx, jobIds: readonly string[]): Promise<void> {
  if (jobIds.length === 0) return;
  const waiting = await ctx.db
    .select({ id: jobs.id, clientId: jobs.clientId })
    .from(jobs)
    .where(and(inArray(jobs.id, [...jobIds]), eq(jobs.kind, "backup"), eq(jobs.state, "queued")))
    .orderBy(jobs.id)
    .limit(jobIds.length)
    .for("update");
  const ids = waiting.map(({ id }) => id);
  if (ids.length === 0) return;
  await ctx.db
    .update(jobs)
    .set({ priority: PRIORITIES.backupByPerson })
    .where(and(inArray(jobs.id, ids), lt(jobs.priority, PRIORITIES.backupByPerson)));
  await ctx.db
    .update(jobs)
    .set({
      notBefore: null,
      startBy: null,
      problem: sql`case when ${jobs.notBefore} is null then ${jobs.problem} end`,
    })
    .where(inArray(jobs.id, ids));
  await announceAll(
    ctx.db,
    waiting.map(({ id, clientId }) => ({ entity: "job" as const, id, clientId, wake: "agent" as const })),
  );
}
