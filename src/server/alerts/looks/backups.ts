import { and, desc, eq, isNotNull, isNull, ne, sql } from "drizzle-orm";
import type { Ctx } from "../../context";
import { clients } from "../../db/schema/clients";
import { jobs } from "../../db/schema/jobs";
import { plans } from "../../db/schema/plans";
import { scheduleRuns, schedules } from "../../db/schema/schedules";
import { planTargets } from "../plan-targets";
import type { Finding } from "../sync-alerts";

const MOST = 2000;

/**
 * Plans whose last backup into one of their repositories failed, and that no try of is waiting or running: while it is tried again by itself
 * nobody is needed. What a person cancelled is no failure, and warnings are none.
 */
export async function lookAtBackups(ctx: Ctx): Promise<Finding[]> {
  const target = planTargets(ctx.db);
  const ofPlan = and(
    eq(jobs.planId, plans.id),
    eq(jobs.repositoryId, target.repositoryId),
    eq(jobs.kind, "backup"),
  );
  const last = ctx.db
    .select({ id: jobs.id, state: jobs.state, problem: jobs.problem, tries: jobs.tries })
    .from(jobs)
    .where(and(ofPlan, isNotNull(jobs.endedAt), ne(jobs.state, "cancelled")))
    .orderBy(desc(jobs.createdAt), desc(jobs.id))
    .limit(1)
    .as("last");
  const rows = await ctx.db
    .select({
      planId: plans.id,
      planName: plans.name,
      clientId: plans.clientId,
      clientName: clients.name,
      repositoryId: target.repositoryId,
      repositoryName: target.repositoryName,
      jobId: last.id,
      problem: last.problem,
      tries: last.tries,
    })
    .from(plans)
    .innerJoin(clients, eq(clients.id, plans.clientId))
    .innerJoinLateral(target, sql`true`)
    .innerJoinLateral(last, sql`true`)
    .where(
      and(
        isNull(plans.removedAt),
        isNull(clients.removedAt),
        eq(last.state, "failed"),
        sql`not exists (select from jobs again where again.client_id = ${plans.clientId} and again.ended_at is null
          and again.kind = 'backup' and again.plan_id = ${plans.id} and again.repository_id = ${target.repositoryId})`,
      ),
    )
    .orderBy(plans.id, target.repositoryId)
    .limit(MOST);
  return rows.map((row) => ({
    key: `backup-failed ${row.planId} ${row.repositoryId}`,
    kind: "backup-failed",
    ...{ clientId: row.clientId, planId: row.planId, repositoryId: row.repositoryId, jobId: row.jobId },
    title: `${row.clientName}: backup ${row.planName} failed`,
    say: [
      row.problem?.say ?? "It ended without a reason.",
      row.tries > 0 ? `It was tried ${row.tries + 1} times.` : null,
      `Nothing newer is in ${row.repositoryName} from it.`,
    ]
      .filter((part) => part !== null)
      .join(" "),
  }));
}

/** So many runs in a row that were skipped are no accident. */
const IN_A_ROW = 3;

/** Schedules whose last three runs were all skipped. */
export async function lookAtSkippedRuns(ctx: Ctx): Promise<Finding[]> {
  const lately = ctx.db
    .select({ outcome: scheduleRuns.outcome, reason: scheduleRuns.reason, dueAt: scheduleRuns.dueAt })
    .from(scheduleRuns)
    .where(eq(scheduleRuns.scheduleId, schedules.id))
    .orderBy(desc(scheduleRuns.dueAt))
    .limit(IN_A_ROW)
    .as("lately");
  const skipped = ctx.db
    .select({
      times: sql<number>`count(*) filter (where ${lately.outcome} = 'skipped')::int`.as("times"),
      say: sql<string | null>`(array_agg(${lately.reason} ->> 'say' order by ${lately.dueAt} desc))[1]`.as(
        "say",
      ),
    })
    .from(lately)
    .as("skipped");
  const rows = await ctx.db
    .select({
      planId: plans.id,
      planName: plans.name,
      clientId: plans.clientId,
      clientName: clients.name,
      say: skipped.say,
    })
    .from(schedules)
    .innerJoin(plans, eq(plans.id, schedules.planId))
    .innerJoin(clients, eq(clients.id, plans.clientId))
    .innerJoinLateral(skipped, sql`true`)
    .where(
      and(
        eq(schedules.enabled, true),
        isNull(plans.removedAt),
        isNull(clients.removedAt),
        eq(skipped.times, IN_A_ROW),
      ),
    )
    .orderBy(plans.id)
    .limit(MOST);
  return rows.map((row) => ({
    ...{ key: `backup-skipped ${row.planId}`, kind: "backup-skipped" },
    ...{ clientId: row.clientId, planId: row.planId },
    title: `${row.clientName}: ${row.planName} was skipped ${IN_A_ROW} times in a row`,
    say: `${row.say ?? "No reason was recorded."} The calendar of the plan may not fit its machine.`,
  }));
}
