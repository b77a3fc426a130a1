import { and, eq, isNull } from "drizzle-orm";
import type { Authorized } from "~/domain/permission";
import { NO_OBJECTIVES, NO_OPTIONS, type PlanObjectives, type PlanOptions } from "~/domain/plan-options";
import { Refusal } from "~/domain/refusal";
import { allKeepRules, type KeepRules } from "~/domain/retention";
import type { Schedule } from "~/domain/schedule";
import { withoutBoxes } from "~/domain/sealed-boxes";
import type { Ctx } from "../context";
import { plans } from "../db/schema/plans";
import { schedules } from "../db/schema/schedules";
import { readCopies } from "./own-repository";
import { type PlanRow, readPlanRows } from "./plan-row";

export interface PlanDetails extends PlanRow {
  excludes: string[];
  compression: string;
  oneFileSystem: boolean;
  excludeCaches: boolean;
  /** How long its archives are kept; null: for ever. */
  keep: KeepRules | null;
  /** Further repositories beside `repositoryId`, by id. */
  moreRepositoryIds: string[];
  /** Sealed passwords are left out: see domain/sealed-boxes. */
  options: PlanOptions;
  objectives: PlanObjectives;
  /** When it runs by itself; null: only when somebody asks. */
  schedule: { schedule: Schedule; pausedAt: Date | null; nextRunAt: Date | null } | null;
  createdAt: Date;
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
  const [stored] = await ctx.db.select().from(plans).where(where);
  if (!row || !stored) throw planMissing();
  const copies = await readCopies(ctx, input.id);
  const [own] = await ctx.db
    .select({ schedule: schedules.schedule, pausedAt: schedules.pausedAt, nextRunAt: schedules.nextRunAt })
    .from(schedules)
    .where(eq(schedules.planId, input.id));
  const { excludes, compression, oneFileSystem, excludeCaches, keep, createdAt, updatedAt } = stored;
  return {
    ...{ ...row, excludes, compression, oneFileSystem, excludeCaches, createdAt, updatedAt },
    keep: keep && allKeepRules(keep),
    moreRepositoryIds: copies,
    schedule: own ?? null,
    options: withoutBoxes({ ...NO_OPTIONS, ...stored.options }),
    objectives: { ...NO_OBJECTIVES, ...stored.objectives },
  };
}

export function planMissing(): Refusal {
  return new Refusal("not-found", { say: "There is no such plan." });
}
