import { and, desc, eq, gte, inArray, isNotNull, ne, sql } from "drizzle-orm";
import type { JobState } from "~/domain/job";
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

/** How each client's backups ended, day by day: the last one of a day counts, so that a retry that worked heals the day. */
export async function readBackupGrid(
  ctx: Ctx,
  shown: readonly { id: string; name: string }[],
): Promise<GridRow[]> {
  const days = Array.from({ length: DAYS }, (_, i) => dayOf(ctx.now.getTime() - (DAYS - 1 - i) * DAY_MS));
  const endedOn = sql<string>`(${jobs.endedAt} at time zone 'UTC')::date`;
  const rows = shown.length
    ? await ctx.db
        .selectDistinctOn([jobs.clientId, endedOn], {
          clientId: jobs.clientId,
          day: endedOn,
          state: jobs.state,
          jobId: jobs.id,
        })
        .from(jobs)
        .where(
          and(
            inArray(
              jobs.clientId,
              shown.map((client) => client.id),
            ),
            eq(jobs.kind, "backup"),
            isNotNull(jobs.endedAt),
            gte(endedOn, days[0]),
            ne(jobs.state, "cancelled"),
          ),
        )
        .orderBy(jobs.clientId, desc(endedOn), desc(jobs.endedAt))
        .limit(shown.length * (DAYS + 1))
    : [];
  const byClientAndDay = new Map(rows.map((row) => [`${row.clientId} ${row.day}`, row]));
  return shown.map((client) => ({
    clientId: client.id,
    clientName: client.name,
    days: days.map((day) => {
      const last = byClientAndDay.get(`${client.id} ${day}`);
      return { day, state: last ? gridState(last.state) : "none", jobId: last?.jobId ?? null };
    }),
  }));
}

function dayOf(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10);
}

function gridState(state: JobState): GridDay["state"] {
  return state === "succeeded" ? "ok" : state === "warned" ? "warned" : "failed";
}
