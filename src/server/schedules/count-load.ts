import { and, eq, gte, lt, sql } from "drizzle-orm";
import type { Ctx } from "../context";
import { schedules } from "../db/schema/schedules";
import { visibleTo } from "../db/visible-to";

const HOUR_MS = 3_600_000;
const HOURS = 24;

/** What begins by itself in the hours to come; `from` is the beginning of this hour (UTC), one number for each hour from there. */
export interface Load {
  from: Date;
  starts: number[];
}

/**
 * How many schedules (backups and maintenance) that the actor may see have their next run in each of the next 24 hours. Each is counted once,
 * at its next run: what runs every hour fills no other hour. One aggregate over the index of due times.
 */
export async function countLoad(ctx: Ctx): Promise<Load> {
  const from = new Date(Math.floor(ctx.now.getTime() / HOUR_MS) * HOUR_MS);
  const to = new Date(from.getTime() + HOURS * HOUR_MS);
  const hour = sql<number>`floor(extract(epoch from ${schedules.nextRunAt} - ${from.toISOString()}::timestamptz) / 3600)::int`;
  const rows = await ctx.db
    .select({ hour: hour.as("hour"), starts: sql<number>`count(*)::int` })
    .from(schedules)
    .where(
      and(
        eq(schedules.enabled, true),
        gte(schedules.nextRunAt, from),
        lt(schedules.nextRunAt, to),
        visibleTo(ctx.actor, schedules.clientId),
      ),
    )
    .groupBy(sql`1`)
    .orderBy(sql`1`)
    .limit(HOURS);
  const starts = Array.from({ length: HOURS }, () => 0);
  for (const row of rows) starts[row.hour] = row.starts;
  return { from, starts };
}
