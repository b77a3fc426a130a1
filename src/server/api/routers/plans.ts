import { z } from "zod";
import { clientId, planId, repositoryId } from "~/domain/id";
import { pageInput } from "~/domain/page";
import type { Action } from "~/domain/permission";
import { checkAcross, planFields, planKeep } from "~/domain/plan-input";
import { authorize } from "~/server/access/authorize";
import { getPlanObjective, withPlanObjectives } from "~/server/alerts/with-objectives";
import { previewKeep } from "~/server/archives/preview-keep";
import { startBackup } from "~/server/backups/start-backup";
import { duplicatePlan } from "~/server/plans/duplicate-plan";
import { findPlanOwner } from "~/server/plans/find-plan-owner";
import { getPlan } from "~/server/plans/get-plan";
import { listPlans } from "~/server/plans/list-plans";
import { removePlan } from "~/server/plans/remove-plan";
import { createPlan, updatePlan } from "~/server/plans/save-plan";
import { type ApiContext, router, signedIn } from "../trpc";

const view = signedIn.meta({ permission: "view" });
const manage = signedIn.meta({ permission: "manage-plans" });
const byId = z.object({ id: planId });
/** A caller that does not speak of `keep` keeps everything. */
/** What came later may be left out: a script that does not know of it changes nothing of it. */
const settings = z.object({
  ...{ ...planFields, repositoryId, keep: planKeep.default(null) },
  moreRepositoryIds: planFields.moreRepositoryIds.optional(),
  options: planFields.options.optional(),
  objectives: planFields.objectives.optional(),
  schedule: planFields.schedule.optional(),
});
const filter = z.object({
  ...pageInput,
  clientId: clientId.optional(),
  repositoryId: repositoryId.optional(),
});

export const plansRouter = router({
  list: view.input(filter).query(async ({ ctx, input }) => {
    const page = await listPlans(ctx, input);
    return { ...page, items: await withPlanObjectives(ctx, page.items) };
  }),
  get: view
    .input(byId)
    .query(async ({ ctx, input }) => getPlan(ctx, await mayOf(ctx, "view", input.id), input)),
  /** How it stands to what it promises, repository by repository. */
  objective: view
    .input(byId)
    .query(async ({ ctx, input }) => getPlanObjective(ctx, await mayOf(ctx, "view", input.id), input)),
  create: manage
    .input(settings.extend({ clientId }).superRefine(checkAcross))
    .mutation(async ({ ctx, input: { clientId: owner, ...rest } }) =>
      createPlan(ctx, await authorize(ctx, "manage-plans", owner), rest),
    ),
  update: manage
    .input(
      settings
        .extend({ id: planId, updatedAt: z.date().optional() })
        .superRefine((input, context) => (input.options ? checkAcross(input, context) : undefined)),
    )
    .mutation(async ({ ctx, input }) => {
      await updatePlan(ctx, await mayOf(ctx, "manage-plans", input.id), input);
      return {};
    }),
  /** The permission to change the plans of both clients, of the one that has it and of the one that gets the copy. */
  duplicate: manage
    .input(
      byId.extend({
        ...{ clientId, repositoryId, name: planFields.name },
        withSchedule: z.boolean().default(true),
      }),
    )
    .mutation(async ({ ctx, input: { clientId: to, ...rest } }) => {
      const from = await mayOf(ctx, "manage-plans", rest.id);
      return duplicatePlan(ctx, { from, to: await authorize(ctx, "manage-plans", to) }, rest);
    }),
  remove: manage.input(byId.extend({ typedName: z.string().max(200) })).mutation(async ({ ctx, input }) => {
    await removePlan(ctx, await mayOf(ctx, "manage-plans", input.id), input);
    return {};
  }),
  /** What rules would do to the plan's archives now. */
  previewKeep: view
    .input(z.object({ planId, keep: planKeep }))
    .query(async ({ ctx, input }) => previewKeep(ctx, await mayOf(ctx, "view", input.planId), input)),
  run: signedIn
    .meta({ permission: "backup" })
    .input(byId)
    .mutation(async ({ ctx, input }) =>
      startBackup(ctx, await mayOf(ctx, "backup", input.id), { planId: input.id }),
    ),
});

async function mayOf<A extends Action>(ctx: ApiContext, action: A, id: string) {
  return authorize(ctx, action, await findPlanOwner(ctx, { id }));
}
