import { and, desc, eq, ilike, inArray, isNotNull, isNull, ne, or, type SQL, sql } from "drizzle-orm";
import { type AlertKind, type AlertSeverity, LOUD_SEVERITIES } from "~/domain/alert";
import { cutPage, decodeCursor, type Page } from "~/domain/page";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { users } from "../db/schema/access";
import { alertChannels, alertDeliveries, alerts } from "../db/schema/alerts";
import { clients } from "../db/schema/clients";
import { vaultIncidents } from "../db/schema/vault";
import { visibleTo } from "../db/visible-to";

/** An alert as lists show it. */
export interface AlertRow {
  id: string;
  kind: AlertKind;
  severity: AlertSeverity;
  title: string;
  say: string;
  clientId: string | null;
  clientName: string | null;
  planId: string | null;
  repositoryId: string | null;
  jobId: string | null;
  /** Of a held repository: the incident to decide. */
  incidentId: string | null;
  /** Of a suspicious backup: its archive. */
  archiveId: string | null;
  openedAt: Date;
  lastSeenAt: Date;
  times: number;
  acknowledgedAt: Date | null;
  acknowledgedByName: string | null;
  escalatedAt: Date | null;
  resolvedAt: Date | null;
}

export interface AlertFilter {
  open?: boolean | undefined;
  acknowledged?: boolean | undefined;
  severities?: AlertSeverity[] | undefined;
  kind?: AlertKind | undefined;
  clientId?: string | undefined;
  search?: string | undefined;
}

/** Alerts that the actor may see, the newest first, one statement a page. What is about no client is an admin's. */
export async function listAlerts(
  ctx: Ctx,
  input: AlertFilter & { cursor?: string | null | undefined; limit: number },
): Promise<Page<AlertRow>> {
  const after = decodeCursor(input.cursor);
  const rows = await readAlertRows(
    ctx,
    and(
      ...filterOf(input),
      after ? sql`(${alerts.openedAt}, ${alerts.id}) < (${after.at.toISOString()}, ${after.id})` : undefined,
    ),
    input.limit + 1,
  );
  return cutPage(
    rows,
    input.limit,
    (row) => ({ at: row.openedAt, id: row.id }),
    (row) => row,
  );
}

/** One alert and whom it was told. Refuses not-found, also for what the actor may not see. */
export async function getAlert(ctx: Ctx, input: { id: string }) {
  const [alert] = await readAlertRows(ctx, eq(alerts.id, input.id), 1);
  if (!alert) throw new Refusal("not-found", { say: "There is no such alert." });
  const told = await ctx.db
    .select({
      id: alertDeliveries.id,
      channelName: alertChannels.name,
      event: alertDeliveries.event,
      state: alertDeliveries.state,
      at: sql<Date>`coalesce(${alertDeliveries.endedAt}, ${alertDeliveries.notBefore})`.mapWith(
        alertDeliveries.createdAt,
      ),
    })
    .from(alertDeliveries)
    .innerJoin(alertChannels, eq(alertChannels.id, alertDeliveries.channelId))
    .where(
      and(
        eq(alertDeliveries.alertId, input.id),
        // Whose browsers are told is nobody else's to know.
        or(
          ne(alertChannels.kind, "push"),
          ctx.actor.kind === "user" ? eq(alertChannels.userId, ctx.actor.userId) : undefined,
        ),
      ),
    )
    .orderBy(alertDeliveries.createdAt, alertDeliveries.id)
    .limit(100);
  return { ...alert, told };
}

export interface AlertCounts {
  open: number;
  /** Open, serious or critical, and nobody has acknowledged it: what the badge counts. */
  loud: number;
}

/** How many open alerts the actor may see. */
export async function countAlerts(ctx: Ctx): Promise<AlertCounts> {
  const [counts] = await ctx.db
    .select({
      open: sql<number>`count(*)::int`,
      loud: sql<number>`(count(*) filter (where ${and(inArray(alerts.severity, [...LOUD_SEVERITIES]), isNull(alerts.acknowledgedAt))}))::int`,
    })
    .from(alerts)
    .where(and(isNull(alerts.resolvedAt), visibleTo(ctx.actor, alerts.clientId)));
  return counts ?? { open: 0, loud: 0 };
}

/** Alert rows that the actor may see, the newest first. */
export async function readAlertRows(ctx: Ctx, where: SQL | undefined, limit: number): Promise<AlertRow[]> {
  return ctx.db
    .select({
      id: alerts.id,
      kind: alerts.kind,
      severity: alerts.severity,
      title: alerts.title,
      say: alerts.say,
      clientId: alerts.clientId,
      clientName: clients.name,
      planId: alerts.planId,
      repositoryId: alerts.repositoryId,
      jobId: alerts.jobId,
      incidentId: vaultIncidents.id,
      archiveId: sql<
        string | null
      >`case when ${alerts.kind} = 'backup-suspicious' then split_part(${alerts.key}, ' ', 2) end`,
      openedAt: alerts.openedAt,
      lastSeenAt: alerts.lastSeenAt,
      times: alerts.times,
      acknowledgedAt: alerts.acknowledgedAt,
      acknowledgedByName: users.name,
      escalatedAt: alerts.escalatedAt,
      resolvedAt: alerts.resolvedAt,
    })
    .from(alerts)
    .leftJoin(clients, eq(clients.id, alerts.clientId))
    .leftJoin(users, eq(users.id, alerts.acknowledgedBy))
    .leftJoin(vaultIncidents, sql`${alerts.key} = 'repository-quarantined ' || ${vaultIncidents.id}`)
    .where(and(visibleTo(ctx.actor, alerts.clientId), where))
    .orderBy(desc(alerts.openedAt), desc(alerts.id))
    .limit(limit);
}

function filterOf(filter: AlertFilter): (SQL | undefined)[] {
  const { open, acknowledged, severities, kind, clientId, search } = filter;
  const pattern = search ? `%${search.replace(/[\\%_]/g, "\\$&")}%` : null;
  const whether = (wanted: boolean | undefined, column: Parameters<typeof isNull>[0], isSet: boolean) =>
    wanted === undefined ? undefined : wanted === isSet ? isNotNull(column) : isNull(column);
  return [
    whether(open, alerts.resolvedAt, false),
    whether(acknowledged, alerts.acknowledgedAt, true),
    severities?.length ? inArray(alerts.severity, severities) : undefined,
    kind ? eq(alerts.kind, kind) : undefined,
    clientId ? eq(alerts.clientId, clientId) : undefined,
    pattern ? or(ilike(alerts.title, pattern), ilike(alerts.say, pattern)) : undefined,
  ];
}
