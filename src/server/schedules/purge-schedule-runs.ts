import { inArray, lt } from "drizzle-orm";
import type { Ctx } from "../context";
import { scheduleRuns } from "../db/schema/schedules";

/** Days after which nobody asks any more what became of a due time. The jobs themselves stay. */
const KEPT_DAYS = 400;
const AT_ONCE = 5000;

/** Forgets old due times, some at a time so that nothing is held for long. May run twice. Returns how many. */
export async function purgeScheduleRuns(ctx: Ctx): Promise<number> {
  const before = new Date(ctx.now.getTime() - KEPT_DAYS * 86_400_000);
  const old = ctx.db
    .select({ dueAt: scheduleRuns.dueAt })
    .from(scheduleRuns)
    .where(lt(scheduleRuns.dueAt, before))
    .orderBy(scheduleRuns.dueAt)
    .limit(AT_ONCE);
  const gone = await ctx.db
    .delete(scheduleRuns)
    .where(inArray(scheduleRuns.dueAt, old))
    .returning({ dueAt: scheduleRuns.dueAt });
  return gone.length;
}
