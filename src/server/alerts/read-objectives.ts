import { and, asc, desc, eq, isNull, max, min, ne, type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { NO_OBJECTIVES } from "~/domain/no-options";
import {
  judgeObjective,
  LEAST_GRACE_MS,
  type ObjectiveJudgement,
  type ObjectiveState,
  worstState,
} from "~/domain/objective";
import type { Ctx } from "../context";
import { clients } from "../db/schema/clients";
import { jobs } from "../db/schema/jobs";
import { plans } from "../db/schema/plans";
import { certificates } from "../db/schema/reports";
import { scheduleRuns, schedules } from "../db/schema/schedules";
import { archiveLedger } from "../db/schema/vault";
import { planTargets } from "./plan-targets";

/** How one repository of a plan stands to what the plan promises. */
export interface RepositoryObjective extends ObjectiveJudgement {
  repositoryId: string;
  repositoryName: string;
  lastArchiveAt: Date | null;
  restoreProvenAt: Date | null;
}

/** How a plan stands: as its worst repository does. */
export interface PlanObjective {
  planId: string;
  planName: string;
  clientId: string;
  clientName: string;
  state: ObjectiveState;
  say: string;
  /** When the next archive must be there; null: no time is promised. */
  dueBy: Date | null;
  repositories: RepositoryObjective[];
}

/** More plans than any installation has; a bound all the same. */
const MOST = 250_000;

/**
 * Judges plans in one statement, however many: for each of its repositories the newest archive of the ledger (which holds only what an audit
 * found clean), the first time that its calendar was due after that, and the last whole restore that left nothing out or drill that proved it. `where` speaks of `plans` and
 * `clients`; removed ones are never read. By plan id.
 *
 * `lateOnly` leaves the plans to PostgreSQL that cannot be breached: for looking at a whole fleet every minute.
 */
export async function readObjectives(
  ctx: Pick<Ctx, "db" | "now">,
  given: { where?: SQL | undefined; lateOnly?: boolean },
): Promise<PlanObjective[]> {
  const rows = await readFacts(ctx, given);
  const byPlan = new Map<string, PlanObjective>();
  for (const { objectives, enabled, schedule, since, dueAt, ...row } of rows) {
    const judged = judgeObjective(
      {
        objectives: { ...NO_OBJECTIVES, ...objectives },
        schedule: enabled ? schedule : null,
        ...{ since, dueAt, lastArchiveAt: row.lastArchiveAt, restoreProvenAt: row.restoreProvenAt },
      },
      ctx.now,
    );
    const { planId, planName, clientId, clientName, ...repository } = row;
    const plan = byPlan.get(planId) ?? {
      ...{ planId, planName, clientId, clientName, repositories: [] },
      ...{ state: judged.state, say: judged.say, dueBy: judged.dueBy },
    };
    byPlan.set(planId, joined(plan, { ...repository, ...judged }));
  }
  return [...byPlan.values()];
}

/** A plan says what its worst repository says, and is due when the first of them is. */
function joined(plan: PlanObjective, one: RepositoryObjective): PlanObjective {
  const all = [...plan.repositories, one];
  const state = worstState(all.map((each) => each.state)) ?? one.state;
  const worst = all.find((each) => each.state === state) ?? one;
  const due = all.flatMap((each) => (each.dueBy ? [each.dueBy.getTime()] : []));
  const named = all.length > 1 ? `${worst.repositoryName}: ${worst.say}` : worst.say;
  return {
    ...plan,
    ...{ repositories: all, state, say: named },
    dueBy: due.length > 0 ? new Date(Math.min(...due)) : null,
  };
}

function readFacts(ctx: Pick<Ctx, "db" | "now">, given: { where?: SQL | undefined; lateOnly?: boolean }) {
  const { db, now } = ctx;
  const target = planTargets(db);
  const last = db
    .select({ at: archiveLedger.observedAt })
    .from(archiveLedger)
    .where(
      and(
        eq(archiveLedger.planId, plans.id),
        eq(archiveLedger.repositoryId, target.repositoryId),
        isNull(archiveLedger.removedAt),
        isNull(archiveLedger.trashedAt),
      ),
    )
    .orderBy(desc(archiveLedger.observedAt))
    .limit(1)
    .as("last");
  // A time that the plan's own blackouts swallowed was due to nobody.
  const due = db
    .select({ at: min(scheduleRuns.dueAt).as("first_due_at") })
    .from(scheduleRuns)
    .where(
      and(
        eq(scheduleRuns.scheduleId, schedules.id),
        sql`${scheduleRuns.dueAt} > coalesce(${last.at}, ${plans.createdAt})`,
        sql`coalesce(${scheduleRuns.reason} ->> 'code', '') <> 'blackout'`,
      ),
    )
    .as("due");
  const proof = db
    .select({ at: max(jobs.endedAt).as("proven_at") })
    .from(jobs)
    .where(
      and(
        eq(jobs.planId, plans.id),
        eq(jobs.repositoryId, target.repositoryId),
        eq(jobs.kind, "restore"),
        eq(jobs.state, "succeeded"),
        sql`(${jobs.result} ->> 'skippedCount')::bigint = 0 and (${jobs.result} ->> 'files')::bigint > 0`,
        // A whole archive: one file that came back says little of the others. A dry run reads nothing out of it.
        sql`jsonb_array_length(coalesce(${jobs.payload} -> 'paths', '[]')) = 0 and ${jobs.payload} -> 'database' is null`,
        sql`coalesce(${jobs.payload} ->> 'dryRun', 'false') <> 'true'`,
      ),
    )
    .as("proof");
  const drill = db
    .select({ at: max(certificates.endedAt).as("drilled_at") })
    .from(certificates)
    .where(
      and(
        eq(certificates.planId, plans.id),
        eq(certificates.repositoryId, target.repositoryId),
        ne(certificates.outcome, "failed"),
      ),
    )
    .as("drill");
  const dueAt = sql<Date | null>`coalesce(${due.at}, ${schedules.nextDueAt})`.mapWith(schedules.nextDueAt);
  return db
    .select({
      planId: plans.id,
      planName: plans.name,
      clientId: plans.clientId,
      clientName: clients.name,
      objectives: plans.objectives,
      since: plans.createdAt,
      repositoryId: target.repositoryId,
      repositoryName: target.repositoryName,
      lastArchiveAt: last.at,
      schedule: schedules.schedule,
      enabled: schedules.enabled,
      dueAt,
      restoreProvenAt: sql<Date | null>`greatest(${proof.at}, ${drill.at})`.mapWith(certificates.endedAt),
    })
    .from(plans)
    .innerJoin(clients, eq(clients.id, plans.clientId))
    .innerJoinLateral(target, sql`true`)
    .leftJoin(schedules, eq(schedules.planId, plans.id))
    .leftJoinLateral(last, sql`true`)
    .leftJoinLateral(due, sql`true`)
    .leftJoinLateral(proof, sql`true`)
    .leftJoinLateral(drill, sql`true`)
    .where(
      and(
        isNull(plans.removedAt),
        isNull(clients.removedAt),
        given.where,
        given.lateOnly ? mayBeLate(now, { lastAt: last.at, dueAt }) : undefined,
      ),
    )
    .orderBy(asc(plans.id), target.repositoryId)
    .limit(MOST);
}

/** True of every plan that `judgeObjective` calls breached, and of a few others. */
function mayBeLate(now: Date, of: { lastAt: SQLWrapper; dueAt: SQL }): SQL {
  const at = now.toISOString();
  const oldest = new Date(now.getTime() - LEAST_GRACE_MS).toISOString();
  const promised = (key: string) => sql`${plans.objectives} ->> ${key}`;
  return sql`(
    ${promised("restoreProvenDays")} is not null
    or case when ${promised("rpoHours")} is not null
      then coalesce(${of.lastAt}, ${plans.createdAt}) + (${promised("rpoHours")})::int * interval '1 hour' < ${at}::timestamptz
      else ${schedules.enabled} and ${of.dueAt} < ${oldest}::timestamptz end)`;
}
