import { and, eq, type SQL, sql } from "drizzle-orm";
import { NO_OBJECTIVES, NO_OPTIONS } from "~/domain/no-options";
import type { PlanValues } from "~/domain/plan-parts";
import { allKeepRules } from "~/domain/retention";
import type { Ctx } from "../context";
import { clients } from "../db/schema/clients";
import { plans } from "../db/schema/plans";
import { schedules } from "../db/schema/schedules";

/** A plan with all that it says, its sealed passwords too: for operations, never for answers. */
export interface PlanState {
  id: string;
  name: string;
  clientId: string;
  clientName: string;
  repositoryId: string;
  profileId: string | null;
  /** When the plan or its schedule was changed last: whoever opened it before has to look again. */
  changedAt: Date;
  values: PlanValues;
}

/** The later of a plan's own and its schedule's last change. */
export const planChangedAt = sql<Date>`greatest(${plans.updatedAt}, ${schedules.updatedAt})`.mapWith(
  plans.updatedAt,
);

/** Plans with what they say, by client and name, in one statement. */
export async function readPlanStates(
  ctx: Ctx,
  given: { where: SQL | undefined; limit: number },
): Promise<PlanState[]> {
  const rows = await ctx.db
    .select({
      plan: plans,
      clientName: clients.name,
      schedule: schedules.schedule,
      changedAt: planChangedAt,
    })
    .from(plans)
    .innerJoin(clients, eq(clients.id, plans.clientId))
    .leftJoin(schedules, and(eq(schedules.planId, plans.id), eq(schedules.purpose, "backup")))
    .where(given.where)
    .orderBy(sql`lower(${clients.name})`, sql`lower(${plans.name})`, plans.id)
    .limit(given.limit);
  return rows.map(({ plan, clientName, schedule, changedAt }) => {
    const { id, name, clientId, repositoryId, profileId } = plan;
    const { sources, excludes, compression, oneFileSystem, excludeCaches, keep } = plan;
    return {
      ...{ id, name, clientId, clientName, repositoryId, profileId, changedAt },
      values: {
        ...{ sources, excludes, compression, oneFileSystem, excludeCaches, schedule },
        keep: keep && allKeepRules(keep),
        options: { ...NO_OPTIONS, ...plan.options },
        objectives: { ...NO_OBJECTIVES, ...plan.objectives },
      },
    };
  });
}
