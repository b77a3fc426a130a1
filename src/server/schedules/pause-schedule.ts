import { eq } from "drizzle-orm";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { schedules } from "../db/schema/schedules";
import { appendEntry } from "../journal/append-entry";
import { NO_NEXT, nextOf } from "./save-schedule";
import {
  lockSchedule,
  type ScheduleRow,
  type ScheduleTarget,
  sayPurpose,
  scheduleMissing,
} from "./schedule-target";

/**
 * Lets nothing begin by itself until it is resumed; what waits or runs goes on. Pausing twice is once. For whoever has been asked;
 * refuses invalid-input for a thing without a schedule.
 */
export async function pauseSchedule(ctx: Ctx, target: ScheduleTarget, name: string): Promise<void> {
  await change(ctx, target, async (inTx, row) => {
    if (row.pausedAt) return;
    await inTx.db
      .update(schedules)
      .set({ ...NO_NEXT, pausedAt: ctx.now, updatedAt: ctx.now })
      .where(eq(schedules.id, row.id));
    await note(inTx, target, row, "schedule.paused", `Paused the ${sayPurpose(target.purpose)} of ${name}.`);
  });
}

/**
 * Lets it begin by itself again, from its first time strictly after now: what was due in the pause is not made up for. Resuming twice is
 * once. Refuses like {@link pauseSchedule}.
 */
export async function resumeSchedule(ctx: Ctx, target: ScheduleTarget, name: string): Promise<void> {
  await change(ctx, target, async (inTx, row) => {
    if (row.enabled) return;
    await inTx.db
      .update(schedules)
      .set({ ...nextOf(row.schedule, target, ctx.now), pausedAt: null, updatedAt: ctx.now })
      .where(eq(schedules.id, row.id));
    await note(
      inTx,
      target,
      row,
      "schedule.resumed",
      `Resumed the ${sayPurpose(target.purpose)} of ${name}.`,
    );
  });
}

/**
 * Ends the schedule of something that was removed: nothing comes next, and what became of its past runs stays to be read. In the caller's
 * transaction; journaled with the removal.
 */
export async function endSchedule(ctx: Ctx, target: ScheduleTarget): Promise<void> {
  const row = await lockSchedule(ctx, target);
  if (!row) return;
  await ctx.db
    .update(schedules)
    .set({ ...NO_NEXT, updatedAt: ctx.now })
    .where(eq(schedules.id, row.id));
  await announce(ctx.db, { entity: "schedule", id: row.id, clientId: target.clientId });
}

async function change(
  ctx: Ctx,
  target: ScheduleTarget,
  act: (inTx: Ctx, row: ScheduleRow) => Promise<void>,
): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const row = await lockSchedule(inTx, target);
    if (!row) throw scheduleMissing();
    await act(inTx, row);
  });
}

async function note(
  ctx: Ctx,
  target: ScheduleTarget,
  row: ScheduleRow,
  action: "schedule.paused" | "schedule.resumed",
  say: string,
): Promise<void> {
  const { clientId, ...ofThing } = target;
  await announce(ctx.db, { entity: "schedule", id: row.id, clientId });
  await appendEntry(ctx, { action, say, clientId, repositoryId: row.repositoryId, detail: ofThing });
}
