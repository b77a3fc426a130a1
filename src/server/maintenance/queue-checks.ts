import { and, asc, eq, gt, isNull, notExists, or, sql } from "drizzle-orm";
import type { Setting } from "~/domain/settings";
import type { Ctx } from "../context";
import { jobs } from "../db/schema/jobs";
import { repositories } from "../db/schema/repositories";
import { vaultStates } from "../db/schema/vault";
import { queueCheck } from "./request-check";

/** A day's check may come so much earlier, or it would come later and later. */
const EARLIER_HOURS = 4;
/** Checks that wait or run by themselves: they may take an hour each, and what a person asks for comes between them. */
const CHECKS_AT_ONCE = 20;

/**
 * Queues each sealed repository's daily share of re-reading, what was measured longest ago first, with no more time than the window has
 * left. May run twice. Returns how many it queued.
 */
export async function queueChecks(
  ctx: Ctx,
  { budgetMinutes }: Setting<"maintenance">,
  secondsLeft: number,
): Promise<number> {
  const due = await checkIsDue(ctx);
  const budgetSeconds = Math.floor(Math.min(budgetMinutes * 60, secondsLeft));
  for (const ids of due)
    await ctx.db.transaction((tx) =>
      queueCheck({ ...ctx, db: tx }, { ...ids, kind: "rolling", budgetSeconds }),
    );
  return due.length;
}

/** Sealed repositories without a rolling check today, what waits longest first; none while enough of them are queued. */
async function checkIsDue(ctx: Ctx) {
  const today = new Date(ctx.now.getTime() - (24 - EARLIER_HOURS) * 3_600_000);
  const checks = and(eq(jobs.kind, "check"), sql`${jobs.payload} ->> 'kind' = 'rolling'`);
  const [waiting] = await ctx.db
    .select({ count: sql`count(*)`.mapWith(Number) })
    .from(jobs)
    .where(and(checks, isNull(jobs.endedAt)));
  const room = CHECKS_AT_ONCE - (waiting?.count ?? 0);
  if (room <= 0) return [];
  const checked = ctx.db
    .select({ one: sql`1` })
    .from(jobs)
    .where(
      and(
        eq(jobs.repositoryId, repositories.id),
        checks,
        or(isNull(jobs.endedAt), gt(jobs.createdAt, today)),
      ),
    );
  return ctx.db
    .select({ clientId: repositories.clientId, repositoryId: repositories.id })
    .from(repositories)
    .innerJoin(vaultStates, eq(vaultStates.repositoryId, repositories.id))
    .where(
      and(
        eq(repositories.state, "ready"),
        isNull(repositories.heldAt),
        isNull(repositories.removedAt),
        sql`jsonb_array_length(${vaultStates.state} -> 'seals') > 0`,
        notExists(checked),
      ),
    )
    .orderBy(sql`${repositories.coverage} ->> 'measuredAt' nulls first`, asc(repositories.id))
    .limit(room);
}
