import { sql } from "drizzle-orm";
import type { DueDecision } from "~/domain/decide-due";
import type { Ctx } from "../context";
import { announceAll } from "../db/changes";
import { scheduleRuns, schedules } from "../db/schema/schedules";

/** What was decided of one schedule whose row the caller holds. */
export interface ScheduleDecision extends DueDecision {
  scheduleId: string;
  clientId: string;
  /** For a due time that is queued. */
  runId: string;
}

/** PostgreSQL takes 65,535 parameters in a statement. */
const ROWS_AT_ONCE = 5000;

/**
 * Writes down what became of due times and when the next is, in three statements for any number of schedules (more for a very long list).
 * Answers which schedules may set going what they queued: a due time that was decided before, by a clock that was ahead then, is not
 * decided again.
 */
export async function recordDecisions(
  ctx: Ctx,
  decisions: readonly ScheduleDecision[],
): Promise<Set<string>> {
  const rows = decisions.flatMap(({ scheduleId, clientId, runId, runs }) =>
    runs.map(({ dueAt, outcome, reason }) => ({
      ...{ scheduleId, dueAt, clientId, outcome, reason },
      runId: outcome === "queued" ? runId : null,
      decidedAt: ctx.now,
    })),
  );
  const begin = new Set<string>();
  for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
    const written = await ctx.db
      .insert(scheduleRuns)
      .values(rows.slice(at, at + ROWS_AT_ONCE))
      .onConflictDoNothing()
      .returning({ scheduleId: scheduleRuns.scheduleId, outcome: scheduleRuns.outcome });
    for (const row of written) if (row.outcome === "queued") begin.add(row.scheduleId);
  }
  const nexts = JSON.stringify(
    decisions.map(({ scheduleId, next }) => ({
      id: scheduleId,
      due: next?.dueAt.toISOString() ?? null,
      run: next?.runAt.toISOString() ?? null,
    })),
  );
  await ctx.db.execute(sql`
    update ${schedules} as s set next_due_at = n.due, next_run_at = n.run, enabled = n.due is not null
    from jsonb_to_recordset(${nexts}::jsonb) as n(id text, due timestamptz, run timestamptz)
    where s.id = n.id`);
  const told = decisions.filter(({ runs }) => runs.length > 0);
  await announceAll(
    ctx.db,
    told.map(({ scheduleId, clientId }) => ({ entity: "schedule", id: scheduleId, clientId })),
  );
  return begin;
}
