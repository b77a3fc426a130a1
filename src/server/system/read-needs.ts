import { and, eq, isNotNull, isNull, ne, notInArray, sql } from "drizzle-orm";
import type { AlertKind } from "~/domain/alert";
import { borgTrouble, sayBorgTrouble } from "~/domain/borg-usable";
import { readAlertRows } from "../alerts/list-alerts";
import type { Ctx } from "../context";
import { alerts } from "../db/schema/alerts";
import { clients } from "../db/schema/clients";
import { jobs } from "../db/schema/jobs";
import { plans } from "../db/schema/plans";
import { repositories } from "../db/schema/repositories";
import { vaultIncidents } from "../db/schema/vault";
import { visibleTo } from "../db/visible-to";
import { readIncidentRows } from "../vault/incident-row";
import type { FleetClient } from "./read-fleet";

/** Something that a person should look at. */
export interface NeedsYou {
  kind:
    | "repository-held"
    | "alert-critical"
    | "job-failed"
    | "alert-serious"
    | "repository-failed"
    | "client-problem"
    | "alert-warning"
    | "client-waiting";
  say: string;
  clientId: string | null;
  jobId: string | null;
  /** Of a held repository: the incident to decide. */
  incidentId: string | null;
  /** An open alert that nobody has acknowledged. */
  alertId: string | null;
  at: Date;
}

const MOST = 50;

/** What costs most if nobody looks comes first: backups that stand still under attack, data that is not saved before machines that never were. */
const GRAVITY: Record<NeedsYou["kind"], number> = {
  "repository-held": 0,
  "alert-critical": 1,
  "job-failed": 2,
  "alert-serious": 3,
  "repository-failed": 4,
  "client-problem": 5,
  "alert-warning": 6,
  "client-waiting": 7,
};

/** Alerts of what stands here already in words of its own. */
const TOLD_HERE: readonly AlertKind[] = ["repository-quarantined", "backup-failed"];

/**
 * Repositories that are held, plans whose last backup failed, repositories that could not be made, machines that wait or have a problem: the gravest first,
 * then the newest. Of clients that the actor may see; `fleet` holds only those.
 */
export async function readNeeds(ctx: Ctx, fleet: readonly FleetClient[]): Promise<NeedsYou[]> {
  const needs = [
    ...(await heldRepositories(ctx)),
    ...(await failedPlans(ctx)),
    ...(await failedRepositories(ctx)),
    ...(await openAlerts(ctx)),
    ...clientNeeds(fleet),
  ];
  return needs
    .sort((a, b) => GRAVITY[a.kind] - GRAVITY[b.kind] || b.at.getTime() - a.at.getTime())
    .slice(0, MOST);
}

async function heldRepositories(ctx: Ctx): Promise<NeedsYou[]> {
  const open = and(isNull(vaultIncidents.resolvedAt), visibleTo(ctx.actor, vaultIncidents.clientId));
  const incidents = await readIncidentRows(ctx, open, MOST);
  return incidents.map((incident) => ({
    kind: "repository-held",
    say: `${incident.clientName}: repository ${incident.repositoryName} is held. ${incident.sentence}`,
    clientId: incident.clientId,
    jobId: null,
    incidentId: incident.id,
    alertId: null,
    at: incident.openedAt,
  }));
}

/**
 * One step into `jobs_plan_backups` per plan: a failure that a later backup healed does not ask for anybody, nor one that is being tried
 * again by itself.
 */
async function failedPlans(ctx: Ctx): Promise<NeedsYou[]> {
  const last = ctx.db
    .select({ id: jobs.id, state: jobs.state, problem: jobs.problem, endedAt: jobs.endedAt })
    .from(jobs)
    .where(and(eq(jobs.planId, plans.id), eq(jobs.kind, "backup"), isNotNull(jobs.endedAt)))
    .orderBy(sql`${jobs.createdAt} desc`, sql`${jobs.id} desc`)
    .limit(1)
    .as("last");
  const rows = await ctx.db
    .select({
      planName: plans.name,
      clientId: plans.clientId,
      clientName: clients.name,
      jobId: last.id,
      problem: last.problem,
      endedAt: last.endedAt,
    })
    .from(plans)
    .innerJoin(clients, eq(clients.id, plans.clientId))
    .innerJoinLateral(last, sql`true`)
    .where(
      and(
        isNull(plans.removedAt),
        isNull(clients.removedAt),
        eq(last.state, "failed"),
        sql`not exists (select 1 from jobs again where again.retry_of = ${last.id} and again.ended_at is null)`,
        visibleTo(ctx.actor, plans.clientId),
      ),
    )
    .orderBy(sql`${last.endedAt} desc`)
    .limit(MOST);
  return rows.map((row) => ({
    kind: "job-failed",
    say: `${row.clientName}: backup ${row.planName} failed. ${row.problem?.say ?? ""}`.trim(),
    clientId: row.clientId,
    jobId: row.jobId,
    incidentId: null,
    alertId: null,
    at: row.endedAt ?? ctx.now,
  }));
}

async function openAlerts(ctx: Ctx): Promise<NeedsYou[]> {
  const where = and(
    isNull(alerts.resolvedAt),
    isNull(alerts.acknowledgedAt),
    notInArray(alerts.kind, [...TOLD_HERE]),
    ne(alerts.severity, "info"),
  );
  return (await readAlertRows(ctx, where, MOST)).map((alert) => ({
    kind: alert.severity === "info" ? "alert-warning" : `alert-${alert.severity}`,
    say: `${alert.title}. ${alert.say}`,
    ...{ clientId: alert.clientId, jobId: null, incidentId: null, alertId: alert.id, at: alert.openedAt },
  }));
}

async function failedRepositories(ctx: Ctx): Promise<NeedsYou[]> {
  const rows = await ctx.db
    .select({
      name: repositories.name,
      clientId: repositories.clientId,
      clientName: clients.name,
      problem: repositories.problem,
      at: repositories.createdAt,
    })
    .from(repositories)
    .innerJoin(clients, eq(clients.id, repositories.clientId))
    .where(
      and(
        eq(repositories.state, "failed"),
        isNull(repositories.removedAt),
        visibleTo(ctx.actor, repositories.clientId),
      ),
    )
    .orderBy(sql`${repositories.createdAt} desc`)
    .limit(MOST);
  return rows.map((row) => ({
    kind: "repository-failed",
    say: `${row.clientName}: repository ${row.name} could not be made. ${row.problem ?? ""}`.trim(),
    clientId: row.clientId,
    jobId: null,
    incidentId: null,
    alertId: null,
    at: row.at,
  }));
}

function clientNeeds(fleet: readonly FleetClient[]): NeedsYou[] {
  return fleet.flatMap((client): NeedsYou[] => {
    const need = {
      clientId: client.id,
      jobId: null,
      incidentId: null,
      alertId: null,
      at: client.enrolledAt ?? client.createdAt,
    };
    if (client.state === "waiting") {
      const say = `${client.name} waits for its machine. Run the enrolment line on it.`;
      return [{ ...need, kind: "client-waiting", say }];
    }
    if (client.state !== "problem") return [];
    const trouble = borgTrouble(client.borgVersion);
    const say = client.problem ?? (trouble ? sayBorgTrouble(trouble, client.borgVersion) : "Look at it.");
    return [{ ...need, kind: "client-problem", say: `${client.name}: ${say}` }];
  });
}
