import { and, desc, eq, gte, inArray, isNotNull, ne, sql } from "drizzle-orm";
import type { Ctx } from "../context";
import { jobs } from "../db/schema/jobs";

export interface GridDay {
  /** A day in UTC, `2026-11-23`. */
  day: string;
  state: "ok" | "warned" | "failed" | "none";
  jobId: string | null;
}

export interface GridRow {
  clientId: string;
  clientName: string;
  days: GridDay[];
}

const DAYS = 30;
const DAY_MS = 86_400_000;

/**
 * How each client's backups ended, day by day: the last one of a day counts, so that a retry that worked heals the day. One row a client
 * comes from the database, because six thousand small ones cost more to read than to find.
 */
export async function readBackupGrid(
  ctx: Ctx,
  shown: readonly { id: string; name: string }[],
): Promise<GridRow[]> {
  const days = Array.from({ length: DAYS }, (_, i) => dayOf(ctx.now.getTime() - (DAYS - 1 - i) * DAY_MS));
  const ids = shown.map((client) => client.id);
  const byClient = await readLastOfDays(ctx, ids, dayOf(ctx.now.getTime() - (DAYS - 1) * DAY_MS));
  return shown.map((client) => {
    const byDay = byClient.get(client.id);
    return {
      clientId: client.id,
      clientName: client.name,
      days: days.map((day) => byDay?.get(day) ?? { day, state: "none", jobId: null }),
    };
  });
}

async function readLastOfDays(
  ctx: Ctx,
  ids: string[],
  oldest: string,
): Promise<Map<string, Map<string, GridDay>>> {
  const endedOn = sql<string>`(${jobs.endedAt} at time zone 'UTC')::date`;
  const last = ctx.db
    .selectDistinctOn([jobs.clientId, endedOn], {
      clientId: jobs.clientId,
      day: endedOn.as("day"),
      state: jobs.state,
      jobId: jobs.id,
    })
    .from(jobs)
    .where(
      and(
        inArray(jobs.clientId, ids),
        eq(jobs.kind, "backup"),
        isNotNull(jobs.endedAt),
        gte(endedOn, oldest),
        ne(jobs.state, "cancelled"),
      ),
    )
    .orderBy(jobs.clientId, desc(endedOn), sql`${jobs.endedAt} desc`)
    .limit(ids.length * (DAYS + 1))
    .as("last");
  const rows = await ctx.db
    .select({
      clientId: last.clientId,
      // States and ids hold no space and no comma.
      days: sql<string>`string_agg(${last.day} || ' ' || ${last.state} || ' ' || ${last.jobId}, ',')`,
    })
    .from(last)
    .groupBy(last.clientId);
  return new Map(
    rows.flatMap(({ clientId, days }) =>
      clientId === null ? [] : [[clientId, new Map(days.split(",").map(gridDay))] as const],
    ),
  );
}

function gridDay(text: string): [string, GridDay] {
  const [day = "", state = "", jobId = ""] = text.split(" ");
  return [day, { day, state: gridState(state), jobId }];
}

function dayOf(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10);
}

function gridState(state: string): GridDay["state"] {
  return state === "succeeded" ? "ok" : state === "warned" ? "warned" : "failed";
}
