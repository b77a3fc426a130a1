import { and, eq, isNull } from "drizzle-orm";
import type { Authorized } from "~/domain/permission";
import type { KeepFloor } from "~/domain/retention";
import type { Ctx } from "../context";
import { plans } from "../db/schema/plans";
import { planMissing } from "../plans/get-plan";
import { RETENTION_ZONE } from "./prune-plan";
import { readFloor } from "./read-floor";
import { type RetainedRow, readRetained } from "./read-retained";

/** A plan's archives as retention judges them, with what it judges by beside the rules. */
export interface RetainedList {
  archives: Omit<RetainedRow, "borgId">[];
  /** There are older ones, which are not listed. */
  truncated: boolean;
  floor: KeepFloor;
  zone: string;
  now: Date;
}

/** Six years of one a day; a browser judges them in some milliseconds. */
const MOST = 2000;

/** The newest archives of a plan in its own repository, for a simulation of rules in the browser. Refuses not-found. */
export async function listRetained(
  ctx: Ctx,
  may: Authorized<"view">,
  input: { planId: string },
): Promise<RetainedList> {
  const [plan] = await ctx.db
    .select({ repositoryId: plans.repositoryId })
    .from(plans)
    .where(and(eq(plans.id, input.planId), eq(plans.clientId, may.clientId), isNull(plans.removedAt)));
  if (!plan) throw planMissing();
  const { repositoryId } = plan;
  const rows = await readRetained(ctx, { planId: input.planId, repositoryId, limit: MOST + 1 });
  return {
    archives: rows.slice(0, MOST).map(({ borgId: _, ...archive }) => archive),
    truncated: rows.length > MOST,
    floor: await readFloor(ctx, repositoryId),
    zone: RETENTION_ZONE,
    now: ctx.now,
  };
}
