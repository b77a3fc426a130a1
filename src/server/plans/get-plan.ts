import { and, eq, isNull } from "drizzle-orm";
import { NO_OBJECTIVES, NO_OPTIONS } from "~/domain/no-options";
import type { Authorized } from "~/domain/permission";
import type { PlanObjectives, PlanOptions } from "~/domain/plan-options";
import { Refusal } from "~/domain/refusal";
import { allKeepRules, type KeepRules } from "~/domain/retention";
import type { Schedule } from "~/domain/schedule";
import { withoutBoxes } from "~/domain/sealed-boxes";
import type { Ctx } from "../context";
import { planProfiles, plans } from "../db/schema/plans";
import { schedules } from "../db/schema/schedules";
import { readCopies } from "./own-repository";
import { type PlanRow, readPlanRows } from "./plan-row";
import { planChangedAt } from "./plan-state";
import { type PlanRepository, readPlanRepositories } from "./read-plan-repositories";

export interface PlanDetails extends PlanRow {
  excludes: string[];
  compression: string;
  oneFileSystem: boolean;
  excludeCaches: boolean;
  /** How long its archives are kept; null: for ever. */
  keep: KeepRules | null;
  /** Further repositories beside `repositoryId`, by id. */
  moreRepositoryIds: string[];
  /** All of them, its first one first, each with its own last result. */
  repositories: PlanRepository[];
  /** Sealed passwords are left out: see domain/sealed-boxes. */
  options: PlanOptions;
  objectives: PlanObjectives;
  /** When it runs by itself; null: only when somebody asks. */
  schedule: { schedule: Schedule; pausedAt: Date | null; nextRunAt: Date | null } | null;
  /** The profile whose settings it took last. */
  profile: { id: string; name: string } | null;
  createdAt: Date;
  /** Of the plan or its schedule, whichever was later. */
  updatedAt: Date;
}

/** One plan of the client that `may` is about. Refuses `not-found` for any other and for removed ones. */
export async function getPlan(
  ctx: Ctx,
  may: Authorized<"view">,
  input: { id: string },
): Promise<PlanDetails> {
  const where = and(eq(plans.id, input.id), eq(plans.clientId, may.clientId), isNull(plans.removedAt));
  const [row] = await readPlanRows(ctx, { where, limit: 1 });
  const [stored] = await ctx.db
    .select({
      plan: plans,
      schedule: schedules.schedule,
      pausedAt: schedules.pausedAt,
      nextRunAt: schedules.nextRunAt,
      changedAt: planChangedAt,
      profileName: planProfiles.name,
    })
    .from(plans)
    .leftJoin(schedules, eq(schedules.planId, plans.id))
    .leftJoin(planProfiles, eq(planProfiles.id, plans.profileId))
    .where(where);
  if (!row || !stored) throw planMissing();
  const { plan, schedule, pausedAt, nextRunAt, changedAt, profileName } = stored;
  const { excludes, compression, oneFileSystem, excludeCaches, keep, createdAt, profileId } = plan;
  const moreRepositoryIds = await readCopies(ctx, input.id);
  return {
    ...{ ...row, excludes, compression, oneFileSystem, excludeCaches, createdAt },
    updatedAt: changedAt,
    keep: keep && allKeepRules(keep),
    moreRepositoryIds,
    repositories: await readPlanRepositories(ctx, { ...row, moreRepositoryIds }),
    schedule: schedule && { schedule, pausedAt, nextRunAt },
    options: withoutBoxes({ ...NO_OPTIONS, ...plan.options }),
    objectives: { ...NO_OBJECTIVES, ...plan.objectives },
    profile: profileId !== null && profileName !== null ? { id: profileId, name: profileName } : null,
  };
}

export function planMissing(): Refusal {
  return new Refusal("not-found", { say: "There is no such plan." });
}
