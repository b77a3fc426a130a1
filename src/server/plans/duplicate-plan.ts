import { and, eq, isNull } from "drizzle-orm";
import type { Authorized } from "~/domain/permission";
import type { Ctx } from "../context";
import { plans } from "../db/schema/plans";
import { planMissing } from "./get-plan";
import { readCopies } from "./own-repository";
import { readPlanStates } from "./plan-state";
import { createPlan } from "./save-plan";

/**
 * Makes a plan that says the same, for the same client or another. Passwords that are sealed to one machine do not go to another: databases
 * that need them are left out of the copy and named in `leftOut`. Further repositories are copied within the client only. Nothing starts by
 * it: a schedule that is copied runs from its next time on. Refuses `not-found` and what `createPlan` refuses; a plan of such databases
 * alone cannot be copied to another client.
 */
export async function duplicatePlan(
  ctx: Ctx,
  may: { from: Authorized<"manage-plans">; to: Authorized<"manage-plans"> },
  input: { id: string; name: string; repositoryId: string; withSchedule: boolean },
): Promise<{ id: string; leftOut: string[] }> {
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const where = and(eq(plans.id, input.id), eq(plans.clientId, may.from.clientId), isNull(plans.removedAt));
    const [from] = await readPlanStates(inTx, { where, limit: 1 });
    if (!from) throw planMissing();
    const elsewhere = may.to.clientId !== may.from.clientId;
    const { databases } = from.values.options;
    const copied = databases.filter(({ credentials }) => !elsewhere || credentials.kind !== "sealed");
    const { id } = await createPlan(
      inTx,
      may.to,
      {
        ...from.values,
        ...{ name: input.name, repositoryId: input.repositoryId },
        options: { ...from.values.options, databases: copied },
        schedule: input.withSchedule ? from.values.schedule : null,
        moreRepositoryIds: elsewhere ? [] : await readCopies(inTx, from.id),
      },
      elsewhere ? `${from.name} of ${from.clientName}` : from.name,
    );
    return { id, leftOut: databases.filter((source) => !copied.includes(source)).map(({ name }) => name) };
  });
}
