import { and, eq, isNotNull, lt } from "drizzle-orm";
import type { Ctx } from "../context";
import { jobs } from "../db/schema/jobs";

/** Hours a folder listing is kept to be shown again. A listing can be some hundred kilobytes; reading it anew takes a second. */
const KEPT_HOURS = 24;

/** Removes old folder listings. They are answers, not history: everything else in the jobs table stays. Returns how many. */
export async function purgeFolderListings(ctx: Ctx): Promise<number> {
  const before = new Date(ctx.now.getTime() - KEPT_HOURS * 3_600_000);
  const purged = await ctx.db
    .delete(jobs)
    .where(and(eq(jobs.kind, "list-folder"), isNotNull(jobs.endedAt), lt(jobs.endedAt, before)))
    .returning({ id: jobs.id });
  return purged.length;
}
