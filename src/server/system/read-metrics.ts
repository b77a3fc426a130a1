import { and, asc, eq, isNotNull, isNull, sql } from "drizzle-orm";
import { ALERT_SEVERITIES } from "~/domain/alert";
import { OBJECTIVE_STATES } from "~/domain/objective";
import { readObjectives } from "../alerts/read-objectives";
import { ONLINE_SECONDS } from "../clients/client-row";
import type { Ctx } from "../context";
import { alertDeliveries, alerts } from "../db/schema/alerts";
import { clients, storageNodes } from "../db/schema/clients";
import { jobs } from "../db/schema/jobs";
import { outgoingMails } from "../db/schema/mail";
import { repositories } from "../db/schema/repositories";
import { schedules } from "../db/schema/schedules";
import { systemNodeStatus } from "../db/schema/system";

/** One number of a kind, told apart by its labels. */
export interface MetricValue {
  labels: Record<string, string>;
  value: number;
}

/** Numbers of one kind. */
export interface Metric {
  name: string;
  help: string;
  values: MetricValue[];
}

/** Plans that get a number of their own, the longest without an archive first; of the others the states are counted. */
const MOST_PLANS = 1000;

/** The last hour of ended jobs is counted: a counter of all that ever ended would read a million rows at each scrape. */
const RECENT_MS = 3_600_000;

/**
 * What monitoring asks for, in a dozen statements however large the fleet is: sizes are bounded, and nothing is read of old jobs. All of the
 * installation: whoever is told this is an admin.
 */
export async function readMetrics(ctx: Pick<Ctx, "db" | "now">): Promise<Metric[]> {
  const [waiting, ended, plans, storage, schedule, alertCounts, fleet, queues] = await Promise.all([
    readUnfinished(ctx),
    readEnded(ctx),
    readPlans(ctx),
    readStorageNodes(ctx),
    readSchedules(ctx),
    readAlerts(ctx),
    readFleet(ctx),
    readQueues(ctx),
  ]);
  return [...waiting, ended, ...plans, ...storage, ...schedule, alertCounts, ...fleet, ...queues];
}

async function readUnfinished({ db, now }: Pick<Ctx, "db" | "now">): Promise<Metric[]> {
  const rows = await db
    .select({
      state: jobs.state,
      kind: jobs.kind,
      count: sql<number>`count(*)::int`,
      oldest: sql<Date>`min(${jobs.createdAt})`.mapWith(jobs.createdAt),
    })
    .from(jobs)
    .where(isNull(jobs.endedAt))
    .groupBy(jobs.state, jobs.kind)
    .orderBy(jobs.state, jobs.kind);
  const queued = rows.filter((row) => row.state === "queued").map((row) => secondsSince(row.oldest, now));
  return [
    {
      ...{ name: "bbs_jobs", help: "Jobs that have not ended, by state and kind." },
      values: rows.map(({ state, kind, count }) => ({ labels: { state, kind }, value: count })),
    },
    one("bbs_jobs_oldest_queued_seconds", "Age of the job that waits longest.", Math.max(0, ...queued)),
  ];
}

async function readEnded({ db, now }: Pick<Ctx, "db" | "now">): Promise<Metric> {
  const since = new Date(now.getTime() - RECENT_MS).toISOString();
  const rows = await db
    .select({ state: jobs.state, kind: jobs.kind, count: sql<number>`count(*)::int` })
    .from(jobs)
    .where(and(isNotNull(jobs.endedAt), sql`${jobs.endedAt} >= ${since}::timestamptz`))
    .groupBy(jobs.state, jobs.kind)
    .orderBy(jobs.state, jobs.kind);
  return {
    ...{ name: "bbs_jobs_ended_last_hour", help: "Jobs that ended within the last hour, by state and kind." },
    values: rows.map(({ state, kind, count }) => ({ labels: { state, kind }, value: count })),
  };
}

async function readPlans(ctx: Pick<Ctx, "db" | "now">): Promise<Metric[]> {
  const judged = await readObjectives(ctx, {});
  const lastOf = (plan: (typeof judged)[number]) =>
    Math.min(...plan.repositories.map((repository) => repository.lastArchiveAt?.getTime() ?? 0));
  const aged = judged
    .filter((plan) => lastOf(plan) > 0)
    .sort((a, b) => lastOf(a) - lastOf(b))
    .slice(0, MOST_PLANS);
  return [
    {
      ...{ name: "bbs_plans", help: "Plans by how they stand to what they promise." },
      values: OBJECTIVE_STATES.map((state) => ({
        labels: { state },
        value: judged.filter((plan) => plan.state === state).length,
      })),
    },
    {
      name: "bbs_plan_last_archive_age_seconds",
      help: `Age of the newest audited archive of a plan (its oldest repository); the ${MOST_PLANS} longest without one.`,
      values: aged.map((plan) => ({
        labels: { plan_id: plan.planId, plan: plan.planName, client: plan.clientName },
        value: secondsSince(new Date(lastOf(plan)), ctx.now),
      })),
    },
  ];
}

async function readStorageNodes({ db, now }: Pick<Ctx, "db" | "now">): Promise<Metric[]> {
  const nodes = await db
    .select({ node: storageNodes.name, at: systemNodeStatus.at, status: systemNodeStatus.status })
    .from(systemNodeStatus)
    .innerJoin(storageNodes, eq(storageNodes.id, systemNodeStatus.storageNodeId))
    .orderBy(asc(storageNodes.id))
    .limit(1000);
  const [stored] = await db
    .select({ bytes: sql`coalesce(sum(${repositories.sizeBytes}), 0)`.mapWith(Number) })
    .from(repositories)
    .where(isNull(repositories.removedAt));
  const ofNodes = (name: string, help: string, value: (node: (typeof nodes)[number]) => number): Metric => ({
    ...{ name, help },
    values: nodes.map((node) => ({ labels: { node: node.node }, value: value(node) })),
  });
  return [
    ofNodes("bbs_storage_free_bytes", "Free room of a storage node.", (node) => node.status.freeBytes),
    ofNodes("bbs_storage_total_bytes", "Room of a storage node.", (node) => node.status.totalBytes),
    one("bbs_repositories_bytes", "What all repositories take on disk.", stored?.bytes ?? 0),
    ofNodes(
      "bbs_worker_heartbeat_age_seconds",
      "Time since worker and keeper of a node last reported.",
      (node) => secondsSince(node.at, now),
    ),
  ];
}

async function readSchedules({ db, now }: Pick<Ctx, "db" | "now">): Promise<Metric[]> {
  const [row] = await db
    .select({ oldest: sql<Date | null>`min(${schedules.nextRunAt})`.mapWith(schedules.nextRunAt) })
    .from(schedules)
    .where(
      and(
        eq(schedules.enabled, true),
        // What waits until its machine is there is not late.
        sql`${schedules.schedule} -> 'timing' ->> 'kind' <> 'available'`,
        sql`${schedules.nextRunAt} <= ${now.toISOString()}::timestamptz`,
      ),
    );
  const lag = row?.oldest ? secondsSince(row.oldest, now) : 0;
  return [one("bbs_scheduler_lag_seconds", "How late the scheduler is with what is due.", lag)];
}

async function readAlerts({ db }: Pick<Ctx, "db">): Promise<Metric> {
  const rows = await db
    .select({
      severity: alerts.severity,
      acknowledged: sql<boolean>`${alerts.acknowledgedAt} is not null`.as("acknowledged"),
      count: sql<number>`count(*)::int`,
    })
    .from(alerts)
    .where(isNull(alerts.resolvedAt))
    .groupBy(alerts.severity, sql`acknowledged`);
  return {
    ...{
      name: "bbs_alerts_open",
      help: "Open alerts by severity, and whether somebody has acknowledged them.",
    },
    values: ALERT_SEVERITIES.flatMap((severity) =>
      [false, true].map((acknowledged) => ({
        labels: { severity, acknowledged: String(acknowledged) },
        value: rows.find((row) => row.severity === severity && row.acknowledged === acknowledged)?.count ?? 0,
      })),
    ),
  };
}

async function readFleet({ db, now }: Pick<Ctx, "db" | "now">): Promise<Metric[]> {
  const since = new Date(now.getTime() - ONLINE_SECONDS * 1000).toISOString();
  const [row] = await db
    .select({
      all: sql<number>`count(*)::int`,
      online: sql<number>`(count(*) filter (where ${clients.lastSeenAt} >= ${since}::timestamptz))::int`,
    })
    .from(clients)
    .where(isNull(clients.removedAt));
  return [
    one("bbs_clients", "Clients.", row?.all ?? 0),
    one("bbs_clients_online", "Clients whose agent was heard of a moment ago.", row?.online ?? 0),
  ];
}

async function readQueues({ db }: Pick<Ctx, "db">): Promise<Metric[]> {
  const [mails] = await db
    .select({ count: sql<number>`count(*)::int` })
    .from(outgoingMails)
    .where(isNotNull(outgoingMails.dueAt));
  const [words] = await db
    .select({ count: sql<number>`count(*)::int` })
    .from(alertDeliveries)
    .where(eq(alertDeliveries.state, "waiting"));
  return [
    one("bbs_mails_waiting", "Mails that are still to be sent.", mails?.count ?? 0),
    one("bbs_alert_deliveries_waiting", "Alerts and pings that are still to be sent.", words?.count ?? 0),
  ];
}

const one = (name: string, help: string, value: number): Metric => ({
  name,
  help,
  values: [{ labels: {}, value }],
});

const secondsSince = (at: Date, now: Date) => Math.max(0, Math.round((now.getTime() - at.getTime()) / 1000));
