import { and, eq, isNull } from "drizzle-orm";
import type { Authorized } from "~/domain/permission";
import type { Schedule } from "~/domain/schedule";
import type { Ctx } from "../context";
import { plans } from "../db/schema/plans";
import { noteSchedule } from "../schedules/note-schedule";
import { pauseSchedule, resumeSchedule } from "../schedules/pause-schedule";
import { saveSchedule } from "../schedules/save-schedule";
import { planMissing } from "./get-plan";

type May = Authorized<"manage-plans">;

/** Sets when a plan runs by itself, and nothing else of it; null: only when somebody asks. A paused one stays paused. Refuses not-found. */
export async function movePlan(
  ctx: Ctx,
  may: May,
  input: { planId: string; schedule: Schedule | null },
): Promise<void> {
  await withPlan(ctx, may, input.planId, async (inTx, { target, name }) => {
    await noteSchedule(inTx, await saveSchedule(inTx, target, { schedule: input.schedule, name }));
  });
}

/** Lets a plan run only when somebody asks, until it is resumed. Refuses not-found, invalid-input for a plan without a schedule. */
export async function pausePlan(ctx: Ctx, may: May, input: { planId: string }): Promise<void> {
  await withPlan(ctx, may, input.planId, (inTx, { target, name }) => pauseSchedule(inTx, target, name));
}

/** Lets a plan run by itself again, from its first time after now; it never fires at once. Refuses like {@link pausePlan}. */
export async function resumePlan(ctx: Ctx, may: May, input: { planId: string }): Promise<void> {
  await withPlan(ctx, may, input.planId, (inTx, { target, name }) => resumeSchedule(inTx, target, name));
}

/** The plan's row is held, as by everything that changes a plan: two such changes wait for one another in one order. */
async function withPlan(
  ctx: Ctx,
  may: May,
  planId: string,
  act: (
    inTx: Ctx,
    plan: { target: { purpose: "backup"; clientId: string; planId: string }; name: string },
  ) => Promise<void>,
): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const [plan] = await tx
      .select({ name: plans.name })
      .from(plans)
      .where(and(eq(plans.id, planId), eq(plans.clientId, may.clientId), isNull(plans.removedAt)))
      .for("no key update");
    if (!plan) throw planMissing();
    const target = { purpose: "backup", clientId: may.clientId, planId } as const;
    await act({ ...ctx, db: tx }, { target, name: plan.name });
  });
}
