import { desc, lte, sql } from "drizzle-orm";
import type { Ctx } from "../context";
import { journalEntries } from "../db/schema/journal";

/**
 * An entry bears the time at which its request or job began, so it may stand behind younger ones: a job runs for a day at most (worker/handlers).
 */
const LATE_MS = 25 * 3_600_000;
/** So many neighbours are asked for their time; not all of them are late. */
const NEIGHBOURS = 100;

/**
 * Between which numbers the entries of a span of time stand, both excluded; null: no bound. Some more may stand there too. Times grow with
 * the numbers but for late ones, so some twenty looks find the place among a million: no index over times could be as small, and the
 * planner cannot know that the two go together.
 */
export async function numbersOf(
  ctx: Pick<Ctx, "db">,
  { from, to }: { from?: Date | undefined; to?: Date | undefined },
): Promise<{ above: number | null; below: number | null }> {
  if (!from && !to) return { above: null, below: null };
  const [head] = await ctx.db
    .select({ id: journalEntries.id })
    .from(journalEntries)
    .orderBy(desc(journalEntries.id))
    .limit(1);
  const last = head?.id ?? 0;
  const first = from ? await firstSince(ctx, from, last) : null;
  const end = to ? await firstSince(ctx, new Date(to.getTime() + LATE_MS), last) : null;
  return {
    above: first === null ? null : first - 1 - NEIGHBOURS,
    below: end,
  };
}

/** The first number whose neighbourhood has reached `since`; one behind the last when none has. */
async function firstSince(ctx: Pick<Ctx, "db">, since: Date, last: number): Promise<number> {
  let [low, high] = [1, last + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((await newestUpTo(ctx, middle)) >= since) high = middle;
    else low = middle + 1;
  }
  return low;
}

async function newestUpTo(ctx: Pick<Ctx, "db">, id: number): Promise<Date> {
  const near = ctx.db
    .select({ at: journalEntries.at })
    .from(journalEntries)
    .where(lte(journalEntries.id, id))
    .orderBy(desc(journalEntries.id))
    .limit(NEIGHBOURS)
    .as("near");
  const [found] = await ctx.db
    .select({ at: sql<Date | null>`max(${near.at})`.mapWith(journalEntries.at) })
    .from(near);
  return found?.at ?? new Date(0);
}
