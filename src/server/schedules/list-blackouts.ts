import { and, desc, eq, isNull, sql } from "drizzle-orm";
import type { Blackout } from "~/domain/schedule";
import type { Ctx } from "../context";
import { plans } from "../db/schema/plans";
import { schedules } from "../db/schema/schedules";
import { visibleTo } from "../db/visible-to";

/** Times that so many plans keep free, on the wall clock of their zone. */
export interface KeptFree {
  zone: string;
  blackouts: Blackout[];
  plans: number;
}

/** More different ones than anybody can tell apart in a calendar. */
const MOST = 100;

/** The blackouts of the plans' schedules that the actor may see, alike ones together, the most usual first. */
export async function listBlackouts(
  ctx: Ctx,
  input: { clientId?: string | undefined },
): Promise<{ items: KeptFree[] }> {
  const blackouts = sql<Blackout[]>`${schedules.schedule} -> 'blackouts'`;
  const zone = sql<string>`${schedules.schedule} ->> 'zone'`;
  const count = sql<number>`count(*)::int`;
  const items = await ctx.db
    .select({ zone, blackouts, plans: count })
    .from(schedules)
    .innerJoin(plans, and(eq(plans.id, schedules.planId), isNull(plans.removedAt)))
    .where(
      and(
        sql`jsonb_array_length(${schedules.schedule} -> 'blackouts') > 0`,
        visibleTo(ctx.actor, schedules.clientId),
        input.clientId ? eq(schedules.clientId, input.clientId) : undefined,
      ),
    )
    .groupBy(zone, blackouts)
    .orderBy(desc(count), zone)
    .limit(MOST);
  return { items };
}
