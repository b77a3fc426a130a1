import { and, asc, eq, inArray, isNull, sql } from "drizzle-orm";
import type { Authorized } from "~/domain/permission";
import { type DaySpan, placeInSpan, timesOf } from "~/domain/spread-evenly";
import type { Ctx } from "../context";
import { clients } from "../db/schema/clients";
import { plans } from "../db/schema/plans";
import { schedules } from "../db/schema/schedules";
import { noteSchedule } from "./note-schedule";
import { saveSchedule } from "./save-schedule";

/** What spreading changes of one plan: its times of day. */
export interface SpreadChange {
  planId: string;
  planName: string;
  before: string[];
  after: string[];
}

/**
 * Spreads the beginnings of plans evenly over a span of the day, by client and name: the first time of each goes to its place, further
 * times keep their distance. Plans without times of day (every so many hours, cron, when available) are left out, as is what `may` has no
 * word for. `apply: false` changes nothing and answers what it would.
 */
export async function spreadSchedules(
  ctx: Ctx,
  may: readonly Authorized<"manage-plans">[],
  input: { planIds: readonly string[]; span: DaySpan; apply: boolean },
): Promise<{ changes: SpreadChange[] }> {
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const rows = await tx
      .select({
        planId: plans.id,
        planName: plans.name,
        clientId: plans.clientId,
        schedule: schedules.schedule,
      })
      .from(plans)
      .innerJoin(schedules, eq(schedules.planId, plans.id))
      .innerJoin(clients, eq(clients.id, plans.clientId))
      .where(
        and(
          inArray(plans.id, [...input.planIds]),
          inArray(plans.clientId, [...new Set(may.map(({ clientId }) => clientId))]),
          isNull(plans.removedAt),
        ),
      )
      .orderBy(asc(sql`lower(${clients.name})`), asc(sql`lower(${plans.name})`), asc(plans.id))
      .limit(input.planIds.length)
      .for("no key update", { of: plans });
    const fitting = rows.filter((row) => timesOf(row.schedule) !== null);
    const changes: SpreadChange[] = [];
    const saved = [];
    for (const [index, row] of fitting.entries()) {
      const after = placeInSpan(row.schedule, { index, count: fitting.length }, input.span, ctx.now);
      if (!after) continue;
      const { planId, planName, clientId } = row;
      changes.push({ planId, planName, before: timesOf(row.schedule) ?? [], after: timesOf(after) ?? [] });
      if (!input.apply) continue;
      const target = { purpose: "backup", clientId, planId } as const;
      saved.push(await saveSchedule(inTx, target, { schedule: after, name: planName }));
    }
    for (const entry of saved) await noteSchedule(inTx, entry);
    return { changes };
  });
}
