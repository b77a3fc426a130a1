import { z } from "zod";
import { idText, planId } from "~/domain/id";
import { pageInput } from "~/domain/page";
import { planProfile, planSettings } from "~/domain/plan-settings";
import { authorize } from "~/server/access/authorize";
import { applyProfile } from "~/server/plans/apply-profile";
import { findPlanOwner } from "~/server/plans/find-plan-owner";
import { getProfile, listProfiles } from "~/server/plans/list-profiles";
import { previewProfile } from "~/server/plans/preview-profile";
import { removeProfile } from "~/server/plans/remove-profile";
import { createProfile, updateProfile } from "~/server/plans/save-profile";
import { router, signedIn } from "../trpc";

/** Whoever may change a plan may use them; they are made by admins, because a change of one reaches the plans of everybody. */
const use = signedIn.meta({ permission: "manage-plans" });
const administer = signedIn.meta({ permission: "administer" });
const byId = z.object({ id: idText });

export const planProfilesRouter = router({
  list: use
    .input(z.object({ kind: planProfile.shape.kind.optional() }))
    .query(({ ctx, input }) => listProfiles(ctx, input)),
  get: use.input(byId).query(({ ctx, input }) => getProfile(ctx, input)),
  create: administer.input(planProfile).mutation(({ ctx, input }) => createProfile(ctx, input)),
  update: administer
    .input(byId.extend({ name: planProfile.shape.name, settings: planSettings, updatedAt: z.date() }))
    .mutation(async ({ ctx, input }) => {
      await updateProfile(ctx, input);
      return {};
    }),
  remove: administer.input(byId).mutation(async ({ ctx, input }) => {
    await removeProfile(ctx, input);
    return {};
  }),
  /** What it would change of each plan that the caller may change. */
  preview: use
    .input(
      byId.extend({
        ...pageInput,
        search: z.string().trim().max(200).optional(),
        /** Only plans that took it last. */
        applied: z.boolean().optional(),
      }),
    )
    .query(({ ctx, input }) => previewProfile(ctx, input)),
  /** All or none, as the preview showed them. */
  applyTo: use
    .input(
      byId.extend({
        updatedAt: z.date(),
        plans: z
          .array(z.object({ id: planId, updatedAt: z.date() }))
          .min(1)
          .max(500),
      }),
    )
    .mutation(async ({ ctx, input }) => {
      const owners = await Promise.all(input.plans.map(({ id }) => findPlanOwner(ctx, { id })));
      const byClient = new Map(owners.map((owner) => [owner.clientId, owner]));
      const may = await Promise.all(
        [...byClient.values()].map((owner) => authorize(ctx, "manage-plans", owner)),
      );
      return applyProfile(ctx, may, input);
    }),
});
