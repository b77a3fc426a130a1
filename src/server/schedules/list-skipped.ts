import { and, eq, sql } from "drizzle-orm";
import type { SkipReason } from "~/domain/decide-due";
import { cutPage, decodeCursor, type Page } from "~/domain/page";
import type { Ctx } from "../context";
import { clients } from "../db/schema/clients";
import { plans } from "../db/schema/plans";
import { scheduleRuns, schedules } from "../db/schema/schedules";
import { visibleTo } from "../db/visible-to";

/** A due time that came to nothing. */
export interface SkippedRun {
  scheduleId: string;
  planId: string;
  planName: string;
  clientId: string;
  clientName: string;
  dueAt: Date;
  decidedAt: Date;
  reason: SkipReason;
}

/** Backups that were due and skipped, of clients that the actor may see, the latest due first, a page at a time. */
export async function listSkipped(
  ctx: Ctx,
  input: {
    clientId?: string | undefined;
    planId?: string | undefined;
    cursor?: string | null | undefined;
    limit: number;
  },
): Promise<Page<SkippedRun>> {
  const after = decodeCursor(input.cursor);
  const rows = await ctx.db
    .select({
      scheduleId: scheduleRuns.scheduleId,
      planId: plans.id,
      planName: plans.name,
      clientId: clients.id,
      clientName: clients.name,
      dueAt: scheduleRuns.dueAt,
      decidedAt: scheduleRuns.decidedAt,
      reason: scheduleRuns.reason,
    })
    .from(scheduleRuns)
    .innerJoin(schedules, eq(schedules.id, scheduleRuns.scheduleId))
    .innerJoin(plans, eq(plans.id, schedules.planId))
    .innerJoin(clients, eq(clients.id, schedules.clientId))
    .where(
      and(
        eq(scheduleRuns.outcome, "skipped"),
        visibleTo(ctx.actor, scheduleRuns.clientId),
        input.clientId ? eq(scheduleRuns.clientId, input.clientId) : undefined,
        input.planId ? eq(schedules.planId, input.planId) : undefined,
        after
          ? sql`(${scheduleRuns.dueAt}, ${scheduleRuns.scheduleId}) < (${after.at.toISOString()}, ${after.id})`
          : undefined,
      ),
    )
    .orderBy(sql`${scheduleRuns.dueAt} desc`, sql`${scheduleRuns.scheduleId} desc`)
    .limit(input.limit + 1);
  return cutPage(
    rows,
    input.limit,
    (row) => ({ at: row.dueAt, id: row.scheduleId }),
    (row) => ({ ...row, reason: row.reason ?? { code: "unknown", say: "It was skipped." } }),
  );
}
