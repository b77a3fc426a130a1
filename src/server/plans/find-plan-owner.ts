import { eq } from "drizzle-orm";
import type { Owner } from "../access/authorize";
import type { Ctx } from "../context";
import { plans } from "../db/schema/plans";
import { planMissing } from "./get-plan";

/** Whose plan it is, to ask for permission with. Refuses `not-found`. */
export async function findPlanOwner(ctx: Ctx, input: { id: string }): Promise<Owner> {
  const [found] = await ctx.db.select({ clientId: plans.clientId }).from(plans).where(eq(plans.id, input.id));
  if (!found) throw planMissing();
  return { ...found, missing: planMissing };
}
