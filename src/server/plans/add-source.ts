import { and, eq, isNull } from "drizzle-orm";
import type { Authorized } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import { allKeepRules } from "~/domain/retention";
import type { Ctx } from "../context";
import { plans } from "../db/schema/plans";
import { planMissing } from "./get-plan";
import { updatePlan } from "./save-plan";

/** As many as the editor takes (domain/plan-input). */
const MOST_SOURCES = 200;

/** Adds one directory to a plan; one that stands there already is left. Refuses not-found, invalid-input when the list is full. */
export async function addSource(
  ctx: Ctx,
  may: Authorized<"manage-plans">,
  input: { planId: string; path: string },
): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const [plan] = await tx
      .select()
      .from(plans)
      .where(and(eq(plans.id, input.planId), eq(plans.clientId, may.clientId), isNull(plans.removedAt)))
      .for("no key update");
    if (!plan) throw planMissing();
    if (plan.sources.includes(input.path)) return;
    if (plan.sources.length >= MOST_SOURCES) {
      throw new Refusal("invalid-input", {
        say: `${plan.name} has ${MOST_SOURCES} directories already. Choose a common parent in its editor.`,
      });
    }
    const { id, name, repositoryId, excludes, compression, oneFileSystem, excludeCaches, keep } = plan;
    await updatePlan(
      { ...ctx, db: tx },
      may,
      {
        ...{ id, name, repositoryId, excludes, compression, oneFileSystem, excludeCaches },
        keep: keep && allKeepRules(keep),
        sources: [...plan.sources, input.path],
      },
      "to close a gap",
    );
  });
}
