import { z } from "zod";
import { clientId, planId } from "~/domain/id";
import { pageInput } from "~/domain/page";
import { schedule, timeOfDay } from "~/domain/schedule";
import { authorize } from "~/server/access/authorize";
import { findPlanOwner } from "~/server/plans/find-plan-owner";
import { movePlan, pausePlan, resumePlan } from "~/server/plans/schedule-plan";
import { countLoad } from "~/server/schedules/count-load";
import { listBlackouts } from "~/server/schedules/list-blackouts";
import { listCalendar } from "~/server/schedules/list-calendar";
import { listSkipped } from "~/server/schedules/list-skipped";
import { spreadSchedules } from "~/server/schedules/spread-schedules";
import { type ApiContext, router, signedIn } from "../trpc";

const view = signedIn.meta({ permission: "view" });
const manage = signedIn.meta({ permission: "manage-plans" });
const byPlan = z.object({ planId });
/** Longer than any calendar shows. */
const MOST_DAYS = 100;
const instant = z.date().min(new Date("2000-01-01")).max(new Date("2100-01-01"));
const span = z
  .object({ from: instant, to: instant, clientId: clientId.optional() })
  .refine(({ from, to }) => to > from && to.getTime() - from.getTime() <= MOST_DAYS * 86_400_000, {
    message: `Ask for a span of at most ${MOST_DAYS} days.`,
  });

export const schedulesRouter = router({
  calendar: view.input(span).query(({ ctx, input }) => listCalendar(ctx, input)),
  /** Times in which plans never begin. */
  blackouts: view
    .input(z.object({ clientId: clientId.optional() }))
    .query(({ ctx, input }) => listBlackouts(ctx, input)),
  /** What begins in each of the next 24 hours. */
  load: view.query(({ ctx }) => countLoad(ctx)),
  /** What was due and came to nothing, with the reason. */
  skipped: view
    .input(z.object({ ...pageInput, clientId: clientId.optional(), planId: planId.optional() }))
    .query(({ ctx, input }) => listSkipped(ctx, input)),
  pause: manage.input(byPlan).mutation(async ({ ctx, input }) => {
    await pausePlan(ctx, await mayManage(ctx, input.planId), input);
    return {};
  }),
  resume: manage.input(byPlan).mutation(async ({ ctx, input }) => {
    await resumePlan(ctx, await mayManage(ctx, input.planId), input);
    return {};
  }),
  move: manage.input(byPlan.extend({ schedule: schedule.nullable() })).mutation(async ({ ctx, input }) => {
    await movePlan(ctx, await mayManage(ctx, input.planId), input);
    return {};
  }),
  /** Gives each plan its own time in a span of the day; `apply: false` only says which. */
  spread: manage
    .input(
      z.object({
        planIds: z.array(planId).min(1).max(500),
        ...{ from: timeOfDay, to: timeOfDay, zone: schedule.shape.zone },
        apply: z.boolean(),
      }),
    )
    .mutation(async ({ ctx, input: { planIds, apply, ...daySpan } }) => {
      const may = [];
      for (const id of planIds) may.push(await mayManage(ctx, id));
      return spreadSchedules(ctx, may, { planIds, span: daySpan, apply });
    }),
});

async function mayManage(ctx: ApiContext, id: string) {
  return authorize(ctx, "manage-plans", await findPlanOwner(ctx, { id }));
}
