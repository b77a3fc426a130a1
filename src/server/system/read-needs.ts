import { and, eq, isNotNull, isNull, sql } from "drizzle-orm";
import { borgTrouble, sayBorgTrouble } from "~/domain/borg-usable";
import type { Ctx } from "../context";
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
  kind: "repository-held" | "job-failed" | "client-problem" | "client-waiting" | "repository-failed";
  say: string;
  clientId: string | null;
  jobId: string | null;
  /** Of a held repository: the incident to decide. */
  incidentId: string | null;
  at: Date;
}

const MOST = 50;

/** What costs most if nobody looks comes first: backups that stand still under attack, data that is not saved before machines that never were. */
const GRAVITY: Record<NeedsYou["kind"], number> = {
  "repository-held": 0,
  "job-failed": 1,
  "repository-failed": 2,
  "client-problem": 3,
  "client-waiting": 4,
};

/**
 * Repositories that are held, plans whose last backup failed, repositories that could not be made, machines that wait or have a problem: the gravest first,
 * then the newest. Of clients that the actor may see; `fleet` holds only those.
 */
export async function readNeeds(ctx: Ctx, fleet: readonly FleetClient[]): Promise<NeedsYou[]> {
  const needs = [
    ...(await heldRepositories(ctx)),
    ...(await failedPlans(ctx)),
    ...(await failedRepositories(ctx)),
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
    at: incident.openedAt,
  }));
}

/** One step into `jobs_plan_newest` per plan: a failure that a later backup healed does not ask for anybody. */
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
    at: row.endedAt ?? ctx.now,
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
    at: row.at,
  }));
}

function clientNeeds(fleet: readonly FleetClient[]): NeedsYou[] {
  return fleet.flatMap((client): NeedsYou[] => {
    const need = {
      clientId: client.id,
      jobId: null,
      incidentId: null,
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
