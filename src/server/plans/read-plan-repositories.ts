import { and, asc, desc, eq, inArray, isNull, max, sql } from "drizzle-orm";
import { ACTIVE_STATES, ENDED_STATES, type EndedState } from "~/domain/job";
import { lastBackupOf } from "../clients/client-row";
import type { Ctx } from "../context";
import { jobs } from "../db/schema/jobs";
import { repositories } from "../db/schema/repositories";
import { archiveLedger } from "../db/schema/vault";

/** One of the repositories that a plan writes to, with how the plan's last backup into it ended. */
export interface PlanRepository {
  id: string;
  name: string;
  state: typeof repositories.$inferSelect.state;
  lastRun: { jobId: string; state: EndedState; endedAt: Date } | null;
  /** Its backup that waits or runs now. */
  activeJobId: string | null;
  lastArchiveAt: Date | null;
}

/** The repositories of a plan, its first one first, then by name, in one statement. Removed ones are left out. */
export async function readPlanRepositories(
  ctx: Ctx,
  plan: { id: string; repositoryId: string; moreRepositoryIds: readonly string[] },
): Promise<PlanRepository[]> {
  const ofBoth = and(
    eq(jobs.planId, plan.id),
    eq(jobs.repositoryId, repositories.id),
    eq(jobs.kind, "backup"),
  );
  const last = ctx.db
    .select({ jobId: jobs.id, runState: jobs.state, endedAt: jobs.endedAt })
    .from(jobs)
    .where(and(ofBoth, inArray(jobs.state, [...ENDED_STATES])))
    .orderBy(desc(jobs.createdAt), desc(jobs.id))
    .limit(1)
    .as("last_of_repository");
  const active = ctx.db
    .select({ activeJobId: max(jobs.id).as("active_of_repository") })
    .from(jobs)
    .where(and(ofBoth, inArray(jobs.state, [...ACTIVE_STATES])))
    .as("active_now");
  const archive = ctx.db
    .select({ at: archiveLedger.observedAt })
    .from(archiveLedger)
    .where(
      and(
        eq(archiveLedger.planId, plan.id),
        eq(archiveLedger.repositoryId, repositories.id),
        isNull(archiveLedger.removedAt),
        isNull(archiveLedger.trashedAt),
      ),
    )
    .orderBy(desc(archiveLedger.observedAt))
    .limit(1)
    .as("archive_of_repository");
  const rows = await ctx.db
    .select({
      id: repositories.id,
      name: repositories.name,
      state: repositories.state,
      jobId: last.jobId,
      runState: last.runState,
      endedAt: last.endedAt,
      activeJobId: active.activeJobId,
      lastArchiveAt: archive.at,
    })
    .from(repositories)
    .leftJoinLateral(last, sql`true`)
    .leftJoinLateral(active, sql`true`)
    .leftJoinLateral(archive, sql`true`)
    .where(
      and(
        inArray(repositories.id, [plan.repositoryId, ...plan.moreRepositoryIds]),
        isNull(repositories.removedAt),
      ),
    )
    .orderBy(sql`${repositories.id} <> ${plan.repositoryId}`, asc(sql`lower(${repositories.name})`))
    .limit(1 + plan.moreRepositoryIds.length);
  return rows.map(({ jobId, runState, endedAt, ...row }) => ({
    ...row,
    lastRun: lastBackupOf(jobId, runState, endedAt),
  }));
}
