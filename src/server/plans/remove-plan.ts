import { and, eq, isNull } from "drizzle-orm";
import type { Authorized } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { plans } from "../db/schema/plans";
import { appendEntry } from "../journal/append-entry";
import { endSchedule } from "../schedules/pause-schedule";
import { planMissing } from "./get-plan";

/** Removes a plan; its archives and jobs stay. Refuses `invalid-input` unless the name was typed exactly. */
export async function removePlan(
  ctx: Ctx,
  may: Authorized<"manage-plans">,
  input: { id: string; typedName: string },
): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const [found] = await tx
      .select()
      .from(plans)
      .where(and(eq(plans.id, input.id), eq(plans.clientId, may.clientId), isNull(plans.removedAt)))
      .for("no key update");
    if (!found) throw planMissing();
    if (found.name !== input.typedName) {
      throw new Refusal("invalid-input", { say: `Type the name ${found.name} exactly to remove this plan.` });
    }
    await tx.update(plans).set({ removedAt: ctx.now }).where(eq(plans.id, input.id));
    await endSchedule({ ...ctx, db: tx }, { purpose: "backup", clientId: may.clientId, planId: input.id });
    await announce(tx, { entity: "plan", id: input.id, clientId: may.clientId });
    const { name, repositoryId, sources, excludes, keep } = found;
    await appendEntry(
      { ...ctx, db: tx },
      {
        action: "plan.removed",
        say: `Removed the plan ${name}. Its archives stay.`,
        ...{ clientId: may.clientId, repositoryId },
        detail: { planId: input.id, before: { name, sources, excludes, keep }, after: null },
      },
    );
  });
}
