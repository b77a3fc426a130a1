import { and, asc, eq, isNull, sql } from "drizzle-orm";
import { NO_OPTIONS } from "~/domain/no-options";
import type { PlanDrill } from "~/domain/plan-options";
import { Refusal } from "~/domain/refusal";
import { planTargets } from "../../alerts/plan-targets";
import type { Ctx } from "../../context";
import { clients } from "../../db/schema/clients";
import { jobs } from "../../db/schema/jobs";
import { plans } from "../../db/schema/plans";
import { repositories } from "../../db/schema/repositories";
import type { archiveLedger } from "../../db/schema/vault";
import { mayBringOnto } from "./bring-onto-client";
import { newestDrillable } from "./drillable";
import { noteNotMade, queueDrill } from "./queue-drill";

/** A drill may come so much earlier than its days are over, or it would come later and later. */
const EARLIER_HOURS = 4;
/** One that could not be made at all is tried again after this. */
const TRY_AGAIN_HOURS = 24;
/** Drills that wait or run by themselves; what a person asks for comes between them. */
const DRILLS_AT_ONCE = 20;

/**
 * Queues a drill for each repository of each plan whose days are over since the last one, what waits longest first; none of a repository that
 * is held, and none while a drill of it waits or runs. A plan without an archive to drill is looked at again the next time. May run twice.
 */
export async function queueDueDrills(ctx: Ctx): Promise<number> {
  let queued = 0;
  for (const { planId, repositoryId, clientId, options } of await dueDrills(ctx)) {
    const { drill } = { ...NO_OPTIONS, ...options };
    if (drill === null) continue;
    const isNew = await ctx.db.transaction(async (tx) => {
      const inTx = { ...ctx, db: tx };
      const archive = await newestDrillable(inTx, { planId, repositoryId, scope: drill.scope });
      if (archive === null) return false;
      return queueOrTell(inTx, archive, { clientId, drill });
    });
    if (isNew) queued++;
  }
  return queued;
}

/** A drill that cannot go onto the plan's other machine is a failed one, for people to see. It is tried again like every other. */
async function queueOrTell(
  ctx: Ctx,
  archive: typeof archiveLedger.$inferSelect,
  { clientId, drill }: { clientId: string; drill: PlanDrill },
): Promise<boolean> {
  const { scope, files } = drill;
  try {
    return await ctx.db.transaction(async (tx) => {
      const inTx = { ...ctx, db: tx };
      const onto =
        drill.onto === undefined
          ? null
          : await mayBringOnto(inTx, { fromClientId: clientId, onto: drill.onto });
      return (await queueDrill(inTx, archive, { clientId, scope, files, onto })).isNew;
    });
  } catch (problem) {
    if (!(problem instanceof Refusal)) throw problem;
    await noteNotMade(ctx, archive, { clientId, scope, files, say: problem.say });
    return false;
  }
}

async function dueDrills(ctx: Ctx) {
  const [waiting] = await ctx.db
    .select({ count: sql`count(*)`.mapWith(Number) })
    .from(jobs)
    .where(
      and(
        eq(jobs.kind, "drill"),
        isNull(jobs.endedAt),
        // Those that wait for another machine do nothing here.
        sql`(${jobs.notBefore} is null or ${jobs.notBefore} <= ${ctx.now.toISOString()})`,
      ),
    );
  const room = DRILLS_AT_ONCE - (waiting?.count ?? 0);
  if (room <= 0) return [];
  const target = planTargets(ctx.db);
  const now = ctx.now.toISOString();
  const last = ctx.db
    .select({
      at: sql<Date | null>`max(${jobs.createdAt})`.as("last_at"),
      madeAt:
        sql<Date | null>`max(${jobs.createdAt}) filter (where ${jobs.state} in ('succeeded', 'warned'))`.as(
          "last_made_at",
        ),
      open: sql<boolean>`coalesce(bool_or(${jobs.endedAt} is null), false)`.as("has_open"),
    })
    .from(jobs)
    .where(and(eq(jobs.planId, plans.id), eq(jobs.repositoryId, target.repositoryId), eq(jobs.kind, "drill")))
    .as("last_drill");
  const hours = sql`(${plans.options} -> 'drill' ->> 'everyDays')::int * 24 - ${EARLIER_HOURS}::int`;
  return ctx.db
    .select({
      planId: plans.id,
      clientId: plans.clientId,
      options: plans.options,
      repositoryId: target.repositoryId,
    })
    .from(plans)
    .innerJoin(clients, eq(clients.id, plans.clientId))
    .innerJoinLateral(target, sql`true`)
    .innerJoin(repositories, eq(repositories.id, target.repositoryId))
    .innerJoinLateral(last, sql`true`)
    .where(
      and(
        isNull(plans.removedAt),
        isNull(clients.removedAt),
        isNull(repositories.removedAt),
        isNull(repositories.heldAt),
        eq(repositories.state, "ready"),
        sql`jsonb_typeof(${plans.options} -> 'drill') = 'object'`,
        sql`not ${last.open}`,
        sql`(${last.madeAt} is null or ${last.madeAt} + make_interval(hours => ${hours}) <= ${now}::timestamptz)`,
        sql`(${last.at} is null or ${last.at} + make_interval(hours => ${TRY_AGAIN_HOURS}::int) <= ${now}::timestamptz
          or ${last.at} = ${last.madeAt})`,
        sql`exists (select from archive_ledger a where a.plan_id = ${plans.id} and a.repository_id = ${target.repositoryId}
          and a.removed_at is null and a.trashed_at is null and (${plans.options} -> 'drill' ->> 'scope' = 'everything'
            or exists (select from job_samples s where s.job_id = a.job_id)))`,
      ),
    )
    .orderBy(sql`${last.madeAt} nulls first`, asc(plans.id), asc(target.repositoryId))
    .limit(room);
}
