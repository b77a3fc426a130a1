import { and, eq, inArray, isNotNull, isNull, sql } from "drizzle-orm";
import { channelSettings } from "~/domain/alert";
import type { Ctx } from "../context";
import { alertChannels, alertDeliveries } from "../db/schema/alerts";
import { insertDeliveries } from "./queue-deliveries";

/** Any number: one worker at a time decides which pings are due. */
const PING_LOCK = 7_204_122;

/** A row of what a plan's newest run came to. */
interface PlanRun {
  channelId: string;
  started: boolean;
  outcome: "success" | "fail" | null;
}

/**
 * Queues the pings of plans: `start` when a backup was handed out, `success` only when the audit after it was clean, in every repository of
 * the run, and `fail` when either was not and no further try waits. What a person cancelled is neither. Each is told once: a ping that was
 * queued after the thing it tells of stands for it, so a worker that dies or comes late repeats nothing and skips nothing but older runs.
 */
export async function queuePings(ctx: Ctx): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const [any] = await tx
      .select({ id: alertChannels.id })
      .from(alertChannels)
      .where(
        and(eq(alertChannels.kind, "ping"), eq(alertChannels.enabled, true), isNotNull(alertChannels.planId)),
      )
      .limit(1);
    if (!any) return;
    await tx.execute(sql`select pg_advisory_xact_lock(${PING_LOCK})`);
    const runs = await readRuns(inTx);
    const of = (wanted: (run: PlanRun) => boolean) =>
      runs.filter(wanted).map((run) => ({ channelId: run.channelId, alertId: null }));
    await insertDeliveries(
      inTx,
      "start",
      of((run) => run.started),
      ctx.now,
    );
    await insertDeliveries(
      inTx,
      "success",
      of((run) => run.outcome === "success"),
      ctx.now,
    );
    await insertDeliveries(
      inTx,
      "fail",
      of((run) => run.outcome === "fail"),
      ctx.now,
    );
  });
}

/**
 * One row per ping channel. `last`: the newest backup of the plan; its run is what is judged, and only when nothing of the plan's waits or
 * runs any more. `told(events)` is when such a ping was queued last. Two rows as an example: a run whose backup and audit succeeded at 2:10
 * with the last success queued the day before gives success; with one queued at 2:10:05 nothing.
 */
async function readRuns(ctx: Ctx): Promise<PlanRun[]> {
  const told = (events: string) => sql`coalesce((select max(d.created_at) from alert_deliveries d
    where d.channel_id = c.id and d.event in (${sql.raw(events)})), c.created_at)`;
  const rows = await ctx.db.execute<{
    channel_id: string;
    started: boolean;
    outcome: PlanRun["outcome"];
  }>(sql`
    select c.id as channel_id,
      coalesce(last.assigned_at > ${told("'start'")}, false) as started,
      case when busy.any or run.ended_at is null or run.ended_at <= ${told("'success', 'fail'")} then null
        when run.cancelled then null
        when run.good and run.audits >= run.backups then 'success' else 'fail' end as outcome
    from alert_channels c
    join lateral (select j.run_id, j.assigned_at from jobs j where j.plan_id = c.plan_id and j.kind = 'backup'
      order by j.created_at desc, j.id desc limit 1) last on true
    join lateral (select exists (select from jobs j join plans p on p.id = c.plan_id where j.client_id = p.client_id
      and j.ended_at is null and j.plan_id = c.plan_id and j.kind in ('backup', 'audit')) as any) busy on true
    join lateral (select max(j.ended_at) as ended_at,
        bool_or(j.kind = 'backup' and j.state = 'cancelled') as cancelled,
        bool_and(j.state = 'succeeded' or (j.kind = 'backup' and j.state = 'warned')) as good,
        count(*) filter (where j.kind = 'backup') as backups,
        count(*) filter (where j.kind = 'audit') as audits
      from jobs j where j.run_id = last.run_id and j.kind in ('backup', 'audit')
        and not exists (select from jobs again where again.run_id = j.run_id and again.retry_of = j.id)) run on true
    where c.kind = 'ping' and c.enabled and c.plan_id is not null
    order by c.id`);
  return [...rows].map((row) => ({
    ...{ channelId: row.channel_id, started: row.started, outcome: row.outcome },
  }));
}

/**
 * Queues the word that this server lives for every dead man's switch whose interval is over. The caller has seen that the keeper answers.
 * One that is still being sent is not queued twice.
 */
export async function queueAlive(ctx: Ctx): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const switches = await tx
      .select()
      .from(alertChannels)
      .where(
        and(eq(alertChannels.kind, "ping"), eq(alertChannels.enabled, true), isNull(alertChannels.planId)),
      )
      .orderBy(alertChannels.id)
      .limit(50)
      .for("update", { skipLocked: true });
    if (switches.length === 0) return;
    const ids = switches.map((one) => one.id);
    const lately = await tx
      .select({
        channelId: alertDeliveries.channelId,
        at: sql<Date>`max(${alertDeliveries.createdAt})`.mapWith(alertDeliveries.createdAt),
        waits: sql<boolean>`bool_or(${alertDeliveries.state} = 'waiting')`,
      })
      .from(alertDeliveries)
      .where(and(inArray(alertDeliveries.channelId, ids), eq(alertDeliveries.event, "alive")))
      .groupBy(alertDeliveries.channelId);
    const due = switches.filter((one) => {
      const last = lately.find((row) => row.channelId === one.id);
      if (last?.waits) return false;
      const everyMs = channelSettings.parse(one.settings).everyMinutes * 60_000;
      return !last || ctx.now.getTime() - last.at.getTime() >= everyMs - SLACK_MS;
    });
    const wanted = due.map((one) => ({ channelId: one.id, alertId: null }));
    await insertDeliveries({ ...ctx, db: tx }, "alive", wanted, ctx.now);
  });
}

/** The worker looks once a minute, not quite on the second. */
const SLACK_MS = 10_000;

/** Whether any dead man's switch is set up: without one the keeper need not be asked. */
export async function hasDeadMan(ctx: Pick<Ctx, "db">): Promise<boolean> {
  const [one] = await ctx.db
    .select({ id: alertChannels.id })
    .from(alertChannels)
    .where(and(eq(alertChannels.kind, "ping"), eq(alertChannels.enabled, true), isNull(alertChannels.planId)))
    .limit(1);
  return one !== undefined;
}
