import { and, desc, eq, inArray, isNull, max, type SQL, sql } from "drizzle-orm";
import { ACTIVE_STATES, ENDED_STATES, type EndedState } from "~/domain/job";
import { lastBackupOf } from "../clients/client-row";
import type { Ctx } from "../context";
import { clients } from "../db/schema/clients";
import { jobs } from "../db/schema/jobs";
import { plans } from "../db/schema/plans";
import { repositories } from "../db/schema/repositories";
import { schedules } from "../db/schema/schedules";
import { archiveLedger } from "../db/schema/vault";

/** A plan as lists show it. */
export interface PlanRow {
  id: string;
  name: string;
  clientId: string;
  clientName: string;
  repositoryId: string;
  repositoryName: string;
  sources: string[];
  /** The last run; of several repositories the job that went worst. */
  lastRun: { jobId: string; state: EndedState; endedAt: Date } | null;
  lastArchiveAt: Date | null;
  /** Its backup that waits or runs now. */
  activeJobId: string | null;
  /** When it begins next by itself; null: it has no schedule, or that is paused. */
  nextRunAt: Date | null;
  pausedAt: Date | null;
}

const WORST_FIRST = sql`array['failed', 'cancelled', 'warned', 'succeeded']`;

/** Reads plan rows with all that is derived, in one statement, by client and name. */
export async function readPlanRows(
  ctx: Ctx,
  given: { where: SQL | undefined; limit: number },
): Promise<PlanRow[]> {
  const ofPlan = and(eq(jobs.planId, plans.id), eq(jobs.kind, "backup"));
  const lastRun = ctx.db
    .select({ jobId: jobs.id, state: jobs.state, endedAt: jobs.endedAt })
    .from(jobs)
    .where(and(ofPlan, inArray(jobs.state, [...ENDED_STATES])))
    // Into several repositories at once: the one that went worst tells how the run went.
    .orderBy(desc(jobs.createdAt), sql`array_position(${WORST_FIRST}, ${jobs.state})`)
    .limit(1)
    .as("last_run");
  // At most one for each repository: backups/start-backup sees to it.
  const active = ctx.db
    .select({ activeJobId: max(jobs.id).as("active_job_id") })
    .from(jobs)
    .where(and(ofPlan, inArray(jobs.state, [...ACTIVE_STATES])))
    .as("active");
  const lastArchive = ctx.db
    .select({ observedAt: archiveLedger.observedAt })
    .from(archiveLedger)
    .where(
      and(
        eq(archiveLedger.planId, plans.id),
        isNull(archiveLedger.removedAt),
        isNull(archiveLedger.trashedAt),
      ),
    )
    .orderBy(desc(archiveLedger.observedAt))
    .limit(1)
    .as("last_archive");
  const order = [sql`lower(${clients.name})`, sql`lower(${plans.name})`, plans.id];
  // Which rows, before what is derived of each: else PostgreSQL derives it for all of them and then sorts.
  const shown = ctx.db
    .select({ shownId: sql<string>`${plans.id}`.as("shown_id") })
    .from(plans)
    .innerJoin(clients, eq(clients.id, plans.clientId))
    .where(given.where)
    .orderBy(...order)
    .limit(given.limit)
    .as("shown");
  const rows = await ctx.db
    .select({
      id: plans.id,
      name: plans.name,
      clientId: plans.clientId,
      clientName: clients.name,
      repositoryId: plans.repositoryId,
      repositoryName: repositories.name,
      sources: plans.sources,
      runJobId: lastRun.jobId,
      runState: lastRun.state,
      runEndedAt: lastRun.endedAt,
      lastArchiveAt: lastArchive.observedAt,
      activeJobId: active.activeJobId,
      nextRunAt: schedules.nextRunAt,
      pausedAt: schedules.pausedAt,
    })
    .from(shown)
    .innerJoin(plans, eq(plans.id, shown.shownId))
    .innerJoin(clients, eq(clients.id, plans.clientId))
    .innerJoin(repositories, eq(repositories.id, plans.repositoryId))
    .leftJoin(schedules, eq(schedules.planId, plans.id))
    .leftJoinLateral(lastRun, sql`true`)
    .leftJoinLateral(active, sql`true`)
    .leftJoinLateral(lastArchive, sql`true`)
    .orderBy(...order);
  return rows.map(({ runJobId, runState, runEndedAt, ...row }) => ({
    ...row,
    lastRun: lastBackupOf(runJobId, runState, runEndedAt),
  }));
}
