import { eq } from "drizzle-orm";
import { plannedAfter, seedOf } from "~/domain/next-run";
import { Refusal } from "~/domain/refusal";
import { isSameValue } from "~/domain/same-value";
import type { Schedule } from "~/domain/schedule";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { newId } from "../db/new-id";
import { schedules } from "../db/schema/schedules";
import type { ScheduleChange } from "./note-schedule";
import { lockSchedule, type ScheduleTarget } from "./schedule-target";

/**
 * Sets when something runs by itself; null: never, and what is known of its past runs goes with it. In the caller's transaction, which has
 * asked who may and holds the row of what it is for. The next run is found anew, strictly after now, so that saving never sets anything
 * going; the same schedule saved again changes nothing, and a paused one stays paused. Answers what the caller hands to `noteSchedule`
 * when all rows are locked; null: nothing changed. Refuses invalid-input for what would never run.
 */
export async function saveSchedule(
  ctx: Ctx,
  target: ScheduleTarget,
  wanted: { schedule: Schedule | null; name: string },
): Promise<ScheduleChange | null> {
  const before = await lockSchedule(ctx, target);
  if (isSameValue(before?.schedule ?? null, wanted.schedule)) return null;
  const id = before?.id ?? newId();
  if (wanted.schedule === null) {
    await ctx.db.delete(schedules).where(eq(schedules.id, id));
  } else if (before) {
    const next = before.pausedAt ? NO_NEXT : nextOf(wanted.schedule, target, ctx.now);
    await ctx.db
      .update(schedules)
      .set({ schedule: wanted.schedule, ...next, updatedAt: ctx.now })
      .where(eq(schedules.id, id));
  } else {
    await ctx.db.insert(schedules).values({
      ...{ id, ...target, schedule: wanted.schedule, ...nextOf(wanted.schedule, target, ctx.now) },
      ...{ createdAt: ctx.now, updatedAt: ctx.now },
    });
  }
  await announce(ctx.db, { entity: "schedule", id, clientId: target.clientId });
  return { target, ...wanted, before: before?.schedule ?? null };
}

/** Not enabled: nothing comes next. */
export const NO_NEXT = { enabled: false, nextDueAt: null, nextRunAt: null } as const;

/** The columns of an enabled schedule whose next run is the first after `now`. */
export function nextOf(schedule: Schedule, target: ScheduleTarget, now: Date) {
  const seed = seedOf({ planId: null, repositoryId: null, ...target });
  const next = plannedAfter(schedule, now, seed);
  if (!next) throw new Refusal("invalid-input", { say: "By this schedule it would never run." });
  return { enabled: true, nextDueAt: next.dueAt, nextRunAt: next.runAt };
}
