import { and, eq, inArray } from "drizzle-orm";
import type { SkipReason } from "~/domain/decide-due";
import type { Ctx } from "../context";
import { scheduleRuns } from "../db/schema/schedules";

/** Notes that what was queued for due times came to nothing before it began. May run twice. */
export async function skipRuns(
  ctx: Ctx,
  input: { runIds: readonly string[]; reason: SkipReason },
): Promise<void> {
  if (input.runIds.length === 0) return;
  await ctx.db
    .update(scheduleRuns)
    .set({ outcome: "skipped", reason: input.reason, decidedAt: ctx.now })
    .where(and(inArray(scheduleRuns.runId, [...input.runIds]), eq(scheduleRuns.outcome, "queued")));
}
