import { and, asc, eq, gte, lt, not, sql } from "drizzle-orm";
import { startsByHour } from "~/domain/day-load";
import { seedOf } from "~/domain/next-run";
import type { Ctx } from "../context";
import { schedules } from "../db/schema/schedules";
import { visibleTo } from "../db/visible-to";

const HOUR_MS = 3_600_000;
const HOURS = 24;
/** Schedules with several times in a day that are counted by their calendar; where there are more, all count at their next run only. */
const MOST_REPEATING = 10_000;

/** What begins by itself in the hours to come; `from` is the beginning of this hour (UTC), one number for each hour from there. */
export interface Load {
  from: Date;
  starts: number[];
  /** Schedules whose next run lies in these hours. */
  schedules: number;
  /** False: there are too many that repeat within a day, so only next runs are counted. */
  isWhole: boolean;
}

/**
 * How often schedules (backups and maintenance) that the actor may see begin something in each of the next 24 hours: most are due once, in
 * one aggregate over the index of due times; the others by their calendars.
 */
export async function countLoad(ctx: Ctx): Promise<Load> {
  const from = new Date(Math.floor(ctx.now.getTime() / HOUR_MS) * HOUR_MS);
  const to = new Date(from.getTime() + HOURS * HOUR_MS);
  const inThese = and(
    eq(schedules.enabled, true),
    gte(schedules.nextRunAt, from),
    lt(schedules.nextRunAt, to),
    visibleTo(ctx.actor, schedules.clientId),
  );
  const repeating = await ctx.db
    .select({
      schedule: schedules.schedule,
      planId: schedules.planId,
      repositoryId: schedules.repositoryId,
      purpose: schedules.purpose,
      nextDueAt: schedules.nextDueAt,
      nextRunAt: schedules.nextRunAt,
    })
    .from(schedules)
    .where(and(inThese, eq(schedules.repeats, true)))
    .orderBy(asc(schedules.nextRunAt), schedules.id)
    .limit(MOST_REPEATING + 1);
  const isWhole = repeating.length <= MOST_REPEATING;
  const hour = sql<number>`floor(extract(epoch from ${schedules.nextRunAt} - ${from.toISOString()}::timestamptz) / 3600)::int`;
  const rows = await ctx.db
    .select({ hour: hour.as("hour"), starts: sql<number>`count(*)::int` })
    .from(schedules)
    .where(and(inThese, isWhole ? not(eq(schedules.repeats, true)) : undefined))
    .groupBy(sql`1`)
    .orderBy(sql`1`)
    .limit(HOURS);
  const counted = isWhole ? repeating : [];
  const starts = startsByHour(
    counted.flatMap(({ nextDueAt, nextRunAt, ...row }) =>
      nextDueAt && nextRunAt ? [{ schedule: row.schedule, seed: seedOf(row), nextDueAt, nextRunAt }] : [],
    ),
    from,
    HOURS,
  );
  for (const row of rows) starts[row.hour] = (starts[row.hour] ?? 0) + row.starts;
  const once = rows.reduce((sum, row) => sum + row.starts, 0);
  return { from, starts, schedules: once + counted.length, isWhole };
}
