import { and, inArray, isNotNull, isNull, notInArray, sql } from "drizzle-orm";
import type { Ctx } from "../context";
import { jobs } from "../db/schema/jobs";
import { visibleTo } from "../db/visible-to";
import { type JobRow, readJobRows } from "./job-row";
import { ROUTINE_KINDS } from "./list-jobs";

/** What is being done now, as far as the actor may see it, oldest first; routine server work left out. */
export function readRunningJobs(ctx: Ctx): Promise<JobRow[]> {
  return readJobRows(ctx, {
    where: and(
      visibleTo(ctx.actor, jobs.clientId),
      isNull(jobs.endedAt),
      inArray(jobs.state, ["assigned", "running"]),
      notInArray(jobs.kind, ROUTINE_KINDS),
    ),
    order: [sql`${jobs.createdAt}`],
    limit: 50,
  });
}

/** The ten that ended last of what the actor may see, newest first; routine server work left out. */
export function readRecentJobs(ctx: Ctx): Promise<JobRow[]> {
  return readJobRows(ctx, {
    where: and(
      visibleTo(ctx.actor, jobs.clientId),
      isNotNull(jobs.endedAt),
      notInArray(jobs.kind, ROUTINE_KINDS),
    ),
    order: [sql`${jobs.endedAt} desc`],
    limit: 10,
  });
}
