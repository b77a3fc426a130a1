import { and, eq, isNull } from "drizzle-orm";
import type { Authorized } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import type { KeepRules } from "~/domain/retention";
import type { Ctx } from "../context";
import { plans } from "../db/schema/plans";
import { type PlanRow, readPlanRows } from "./plan-row";

export interface PlanDetails extends PlanRow {
  excludes: string[];
  compression: string;
  oneFileSystem: boolean;
  excludeCaches: boolean;
  /** How long its archives are kept; null: for ever. */
  keep: KeepRules | null;
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
  const { excludes, compression, oneFileSystem, excludeCaches, keep, createdAt, updatedAt } = stored;
  return { ...row, excludes, compression, oneFileSystem, excludeCaches, keep, createdAt, updatedAt };
}

export function planMissing(): Refusal {
  return new Refusal("not-found", { say: "There is no such plan." });
}
