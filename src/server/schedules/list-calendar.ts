import { and, asc, eq, gte, isNull, lt, or, type SQL } from "drizzle-orm";
import type { SkipReason } from "~/domain/decide-due";
import { nextRun, runAt, seedOf } from "~/domain/next-run";
import type { Ctx } from "../context";
import { clients } from "../db/schema/clients";
import { plans } from "../db/schema/plans";
import { scheduleRuns, schedules } from "../db/schema/schedules";
import { visibleTo } from "../db/visible-to";

/** One time of the calendar: what became of it, or what is planned. */
export interface CalendarEntry {
  scheduleId: string;
  planId: string;
  planName: string;
  clientId: string;
  clientName: string;
  /** By the calendar. */
  dueAt: Date;
  /** When it begins, with spread and moved out of blackouts; of the past: when it was decided. */
  at: Date;
  kind: "planned" | "queued" | "skipped";
  /** Planned by a schedule that is paused: it will not begin unless somebody resumes it. */
  paused: boolean;
  /** Why it was skipped, or will be. */
  reason: SkipReason | null;
  /** Queued: the chain of jobs it became. */
  runId: string | null;
}

const MOST_ENTRIES = 5000;

/**
 * The backups of a span of time that the actor may see, oldest first: the past as it was decided, the future as it is planned now.
 * `truncated`: there are more than {@link MOST_ENTRIES}.
 */
export async function listCalendar(
  ctx: Ctx,
  input: { from: Date; to: Date; clientId?: string | undefined },
): Promise<{ entries: CalendarEntry[]; truncated: boolean }> {
  const visible = and(
    visibleTo(ctx.actor, schedules.clientId),
    input.clientId ? eq(schedules.clientId, input.clientId) : undefined,
    isNull(plans.removedAt),
    isNull(clients.removedAt),
  );
  const past = await readPast(ctx, input, visible);
  const planned = await readPlanned(ctx, input, visible);
  const all = [...past, ...planned].sort(
    (a, b) => a.at.getTime() - b.at.getTime() || (a.dueAt < b.dueAt ? -1 : 1),
  );
  return { entries: all.slice(0, MOST_ENTRIES), truncated: all.length > MOST_ENTRIES };
}

async function readPast(
  ctx: Ctx,
  { from, to }: { from: Date; to: Date },
  visible: SQL | undefined,
): Promise<CalendarEntry[]> {
  const rows = await ctx.db
    .select({
      scheduleId: scheduleRuns.scheduleId,
      planId: plans.id,
      planName: plans.name,
      clientId: clients.id,
      clientName: clients.name,
      dueAt: scheduleRuns.dueAt,
      at: scheduleRuns.decidedAt,
      kind: scheduleRuns.outcome,
      reason: scheduleRuns.reason,
      runId: scheduleRuns.runId,
    })
    .from(scheduleRuns)
    .innerJoin(schedules, eq(schedules.id, scheduleRuns.scheduleId))
    .innerJoin(plans, eq(plans.id, schedules.planId))
    .innerJoin(clients, eq(clients.id, schedules.clientId))
    .where(and(gte(scheduleRuns.dueAt, from), lt(scheduleRuns.dueAt, to), visible))
    .orderBy(asc(scheduleRuns.dueAt), asc(scheduleRuns.scheduleId))
    .limit(MOST_ENTRIES + 1);
  return rows.map((row) => ({ ...row, paused: false }));
}

async function readPlanned(
  ctx: Ctx,
  { from, to }: { from: Date; to: Date },
  visible: SQL | undefined,
): Promise<CalendarEntry[]> {
  if (to <= ctx.now) return [];
  const rows = await ctx.db
    .select({
      scheduleId: schedules.id,
      planId: plans.id,
      planName: plans.name,
      clientId: clients.id,
      clientName: clients.name,
      schedule: schedules.schedule,
      pausedAt: schedules.pausedAt,
      nextDueAt: schedules.nextDueAt,
    })
    .from(schedules)
    .innerJoin(plans, eq(plans.id, schedules.planId))
    .innerJoin(clients, eq(clients.id, schedules.clientId))
    .where(and(or(lt(schedules.nextDueAt, to), isNull(schedules.nextDueAt)), visible))
    .orderBy(asc(schedules.nextRunAt), asc(schedules.id))
    .limit(MOST_ENTRIES + 1);
  const entries: CalendarEntry[] = [];
  for (const row of rows) {
    const { schedule, pausedAt, nextDueAt, ...named } = row;
    const paused = pausedAt !== null;
    if (!paused && nextDueAt === null) continue;
    const seed = seedOf({ planId: row.planId, repositoryId: null, purpose: "backup" });
    const begin = new Date(Math.max(from.getTime(), ctx.now.getTime()) - 1);
    let dueAt = nextDueAt && nextDueAt > begin ? nextDueAt : nextRun(schedule, begin);
    for (let count = 0; dueAt && dueAt < to && count <= MOST_ENTRIES; count++) {
      const at = runAt(schedule, dueAt, seed);
      const reason = at ? null : NO_TIME;
      entries.push({ ...named, dueAt, at: at ?? dueAt, kind: "planned", paused, reason, runId: null });
      // What waits for a machine to be there is due again only after it ran.
      dueAt = schedule.timing.kind === "available" ? null : nextRun(schedule, dueAt);
    }
    if (entries.length > 4 * MOST_ENTRIES) break;
  }
  return entries;
}

const NO_TIME: SkipReason = {
  code: "blackout",
  say: "The blackouts leave it no time before its deadline: it will be skipped.",
};
