import { and, eq, inArray, isNull } from "drizzle-orm";
import type { Authorized } from "~/domain/permission";
import { applySettings, type PlanSettings } from "~/domain/plan-parts";
import { profileChanges } from "~/domain/profile-changes";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { plans } from "../db/schema/plans";
import { schedules } from "../db/schema/schedules";
import { appendEntry } from "../journal/append-entry";
import { planMissing } from "./get-plan";
import { type PlanState, readPlanStates } from "./plan-state";
import { updatePlan } from "./save-plan";
import { lockProfile } from "./save-profile";

/**
 * Gives plans the settings of a profile, all or none: what the preview showed is what is done. Each plan's change is journaled as a
 * person's change of it would be. Refuses `changed-meanwhile` when the profile or one of the plans was changed since the preview,
 * `not-found` for a plan of a client that `may` does not name, and what saving the plan by hand would refuse.
 */
export async function applyProfile(
  ctx: Ctx,
  may: readonly Authorized<"manage-plans">[],
  input: { id: string; updatedAt: Date; plans: readonly { id: string; updatedAt: Date }[] },
): Promise<{ changed: number; same: number }> {
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const states = await lockPlans(inTx, may, input.plans);
    const profile = await lockProfile(inTx, input);
    if (profile.kind !== "profile")
      throw new Refusal("invalid-input", {
        say: "A template begins new plans; it is not applied to others.",
      });
    const settings = profile.settings as PlanSettings;
    let changed = 0;
    for (const { state, by } of states) {
      if (profileChanges(state.values, settings).length > 0) {
        changed++;
        await updatePlan(inTx, by, draftOf(state, settings), `by the profile ${profile.name}`);
      }
      await tx.update(plans).set({ profileId: profile.id }).where(eq(plans.id, state.id));
    }
    await appendEntry(inTx, {
      action: "plan.profile-applied",
      say: `Applied the profile ${profile.name} to ${states.length} ${states.length === 1 ? "plan" : "plans"}; ${changed} changed.`,
      detail: { profileId: profile.id, planIds: states.map(({ state }) => state.id), changed },
    });
    return { changed, same: states.length - changed };
  });
}

function draftOf(state: PlanState, settings: PlanSettings) {
  const { id, name, repositoryId } = state;
  return { id, name, repositoryId, ...applySettings(state.values, settings) };
}

/** The plans as they are, held with their schedules until the transaction ends, before anything is written: see journal/append-entry. */
async function lockPlans(
  ctx: Ctx,
  may: readonly Authorized<"manage-plans">[],
  wanted: readonly { id: string; updatedAt: Date }[],
): Promise<{ state: PlanState; by: Authorized<"manage-plans"> }[]> {
  const ids = wanted.map(({ id }) => id);
  const of = and(inArray(plans.id, ids), isNull(plans.removedAt));
  await ctx.db.select({ id: plans.id }).from(plans).where(of).orderBy(plans.id).for("no key update");
  await ctx.db
    .select({ id: schedules.id })
    .from(schedules)
    .where(inArray(schedules.planId, ids))
    .orderBy(schedules.planId)
    .for("update");
  const states = await readPlanStates(ctx, { where: of, limit: ids.length });
  return wanted.map(({ id, updatedAt }) => {
    const state = states.find((one) => one.id === id);
    const by = may.find(({ clientId }) => clientId === state?.clientId);
    if (!state || !by) throw planMissing();
    if (state.changedAt.getTime() !== updatedAt.getTime())
      throw new Refusal("changed-meanwhile", {
        say: `Somebody has changed the plan ${state.name} of ${state.clientName} since this was shown. Look again; no plan was changed now.`,
      });
    return { state, by };
  });
}
