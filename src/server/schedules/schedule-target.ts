import { and, eq, type SQL } from "drizzle-orm";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { schedules } from "../db/schema/schedules";

export type ScheduleRow = typeof schedules.$inferSelect;

/** What a schedule sets going, and whose it is. */
export type ScheduleTarget =
  | { purpose: "backup"; clientId: string; planId: string }
  | { purpose: "compact" | "check"; clientId: string; repositoryId: string };

/** The schedule of a target, held until the caller's transaction ends; null: it has none. */
export async function lockSchedule(ctx: Ctx, target: ScheduleTarget): Promise<ScheduleRow | null> {
  const [row] = await ctx.db.select().from(schedules).where(isOf(target)).for("update");
  return row ?? null;
}

export function isOf(target: ScheduleTarget): SQL | undefined {
  const ofThing =
    target.purpose === "backup"
      ? eq(schedules.planId, target.planId)
      : eq(schedules.repositoryId, target.repositoryId);
  return and(ofThing, eq(schedules.purpose, target.purpose), eq(schedules.clientId, target.clientId));
}

export function scheduleMissing(): Refusal {
  return new Refusal("invalid-input", { say: "It has no schedule: it runs when somebody asks." });
}

/** What the journal calls it. */
export function sayPurpose(purpose: ScheduleTarget["purpose"]): string {
  return purpose === "backup" ? "backups" : purpose === "compact" ? "compaction" : "checks";
}
