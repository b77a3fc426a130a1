import { and, asc, desc, eq, inArray, isNotNull, isNull, lt, or, sql } from "drizzle-orm";
import { largestPossibleReserve } from "~/domain/capacity";
import { JOB_KINDS, type JobKind } from "~/domain/job";
import { formatBytes } from "~/domain/quantity";
import type { Ctx } from "../../context";
import { clients, storageNodes } from "../../db/schema/clients";
import { jobs } from "../../db/schema/jobs";
import { repositories } from "../../db/schema/repositories";
import { systemNodeStatus } from "../../db/schema/system";
import { vaultIncidents } from "../../db/schema/vault";
import type { Finding } from "../sync-alerts";

const MOST = 2000;

/** Part of a storage location below which somebody should know, before the reserve of compactions stops new backups. */
const FREE_PART = 0.05;
/** A node that reports every 30 s and has not for so long is not just busy. */
const NODE_SILENT_MINUTES = 5;
/** Part of a hard quota at which the next backup may be refused. */
const QUOTA_PART = 0.95;
/** A failure of maintenance counts until it went well once, or until it is so old that another time has come by. */
const MAINTENANCE_DAYS = 8;

/** Storage nodes that are silent, or have hardly any room left. */
export async function lookAtNodes(ctx: Ctx): Promise<Finding[]> {
  const rows = await ctx.db
    .select({
      id: storageNodes.id,
      name: storageNodes.name,
      at: systemNodeStatus.at,
      status: systemNodeStatus.status,
    })
    .from(systemNodeStatus)
    .innerJoin(storageNodes, eq(storageNodes.id, systemNodeStatus.storageNodeId))
    .orderBy(storageNodes.id)
    .limit(1000);
  const silentBefore = ctx.now.getTime() - NODE_SILENT_MINUTES * 60_000;
  return rows.flatMap((row): Finding[] => {
    const { freeBytes, totalBytes } = row.status;
    if (row.at.getTime() < silentBefore) {
      return [
        {
          ...{ key: `storage-node-silent ${row.id}`, kind: "storage-node-silent", clientId: null },
          title: `Storage node ${row.name} is silent`,
          say: `Its keeper last answered on ${row.at.toISOString().slice(0, 16).replace("T", " ")} UTC. No backup can be audited or sealed until it runs again.`,
        },
      ];
    }
    const least = Math.max(totalBytes * FREE_PART, largestPossibleReserve(row.status));
    if (totalBytes === 0 || freeBytes > least) return [];
    return [
      {
        ...{ key: `storage-full ${row.id}`, kind: "storage-full", clientId: null },
        title: `Storage node ${row.name} is nearly full`,
        say: `${formatBytes(freeBytes)} of ${formatBytes(totalBytes)} are free. New backups stop when the reserve that a compaction needs is reached. Add room, or keep less.`,
      },
    ];
  });
}

/** Repositories at their quota, held, or found damaged by a check. */
export async function lookAtRepositories(ctx: Ctx): Promise<Finding[]> {
  const damaged = sql`${repositories.coverage} -> 'lastCheck' ->> 'ok' = 'false'`;
  const rows = await ctx.db
    .select({
      id: repositories.id,
      name: repositories.name,
      clientId: repositories.clientId,
      clientName: clients.name,
      sizeBytes: repositories.sizeBytes,
      quotaBytes: repositories.quotaBytes,
      softQuotaBytes: repositories.softQuotaBytes,
      coverage: repositories.coverage,
    })
    .from(repositories)
    .innerJoin(clients, eq(clients.id, repositories.clientId))
    .where(
      and(
        isNull(repositories.removedAt),
        or(
          damaged,
          sql`${repositories.sizeBytes} >= ${repositories.quotaBytes} * ${QUOTA_PART}::float8`,
          sql`${repositories.sizeBytes} >= ${repositories.softQuotaBytes}`,
        ),
      ),
    )
    .orderBy(asc(repositories.id))
    .limit(MOST);
  return rows.flatMap((row): Finding[] => {
    const { sizeBytes, quotaBytes, softQuotaBytes } = row;
    const about = { clientId: row.clientId, repositoryId: row.id };
    const named = `${row.clientName} / ${row.name}`;
    const found: Finding[] = [];
    const check = row.coverage?.lastCheck;
    if (check && !check.ok) {
      found.push({
        ...{ key: `check-failed ${row.id}`, kind: "check-failed", ...about },
        title: `Damage in ${named}`,
        say: `The ${check.kind} check of ${check.at.slice(0, 10)} found damage: ${check.say} Do not delete anything; look at the repository's page before you repair.`,
      });
    }
    if (sizeBytes !== null && quotaBytes !== null && sizeBytes >= quotaBytes * QUOTA_PART) {
      found.push({
        ...{ key: `quota-hard ${row.id}`, kind: "quota-hard", ...about },
        title: `${named} has reached its quota`,
        say: `${formatBytes(sizeBytes)} of ${formatBytes(quotaBytes)} are used; borg refuses to write more. Raise the quota, or keep less.`,
      });
    } else if (sizeBytes !== null && softQuotaBytes !== null && sizeBytes >= softQuotaBytes) {
      found.push({
        ...{ key: `quota-soft ${row.id}`, kind: "quota-soft", ...about },
        title: `${named} is larger than its soft quota`,
        say: `It takes ${formatBytes(sizeBytes)}; ${formatBytes(softQuotaBytes)} were meant. Nothing is refused yet.`,
      });
    }
    return found;
  });
}

/** Repositories that are held until somebody has reviewed what happened to them. */
export async function lookAtIncidents(ctx: Ctx): Promise<Finding[]> {
  const rows = await ctx.db
    .select({
      id: vaultIncidents.id,
      clientId: vaultIncidents.clientId,
      clientName: clients.name,
      repositoryId: repositories.id,
      repositoryName: repositories.name,
    })
    .from(vaultIncidents)
    .innerJoin(repositories, eq(repositories.id, vaultIncidents.repositoryId))
    .innerJoin(clients, eq(clients.id, vaultIncidents.clientId))
    .where(isNull(vaultIncidents.resolvedAt))
    .orderBy(asc(vaultIncidents.id))
    .limit(MOST);
  return rows.map((row) => ({
    ...{ key: `repository-quarantined ${row.id}`, kind: "repository-quarantined" },
    ...{ clientId: row.clientId, repositoryId: row.repositoryId },
    title: `${row.clientName} / ${row.repositoryName} is held`,
    say: "An audit found that it was tampered with. The client is shut out until somebody has reviewed it and rolled back or accepted.",
  }));
}

const MAINTENANCE_KINDS = (Object.keys(JOB_KINDS) as JobKind[]).filter(
  (kind) => JOB_KINDS[kind].executor === "worker" && kind !== "list-folder" && kind !== "stream-files",
);

/** Server work on a repository of which the last one of its kind failed, and that is not waiting to be done again. */
export async function lookAtMaintenance(ctx: Ctx): Promise<Finding[]> {
  const since = new Date(ctx.now.getTime() - MAINTENANCE_DAYS * 86_400_000);
  const last = ctx.db
    .selectDistinctOn([jobs.kind], {
      id: jobs.id,
      kind: jobs.kind,
      state: jobs.state,
      problem: jobs.problem,
    })
    .from(jobs)
    .where(
      and(
        eq(jobs.repositoryId, repositories.id),
        sql`${jobs.createdAt} > ${since.toISOString()}::timestamptz`,
        inArray(jobs.kind, MAINTENANCE_KINDS),
        isNotNull(jobs.endedAt),
        sql`${jobs.state} <> 'cancelled'`,
      ),
    )
    .orderBy(jobs.kind, desc(jobs.createdAt))
    .as("last");
  const rows = await ctx.db
    .select({
      repositoryId: repositories.id,
      repositoryName: repositories.name,
      clientId: repositories.clientId,
      clientName: clients.name,
      jobId: last.id,
      kind: last.kind,
      problem: last.problem,
    })
    .from(repositories)
    .innerJoin(clients, eq(clients.id, repositories.clientId))
    .innerJoinLateral(last, sql`true`)
    .where(
      and(
        isNull(repositories.removedAt),
        eq(last.state, "failed"),
        lt(repositories.createdAt, ctx.now),
        sql`not exists (select from jobs again where again.client_id = ${repositories.clientId} and again.ended_at is null
          and again.repository_id = ${repositories.id} and again.kind = ${last.kind})`,
      ),
    )
    .orderBy(repositories.id, last.kind)
    .limit(MOST);
  return rows.map((row) => ({
    key: `maintenance-failed ${row.repositoryId} ${row.kind}`,
    kind: "maintenance-failed",
    ...{ clientId: row.clientId, repositoryId: row.repositoryId, jobId: row.jobId },
    title: `${row.clientName} / ${row.repositoryName}: ${row.kind.replaceAll("-", " ")} failed`,
    say: row.problem?.say ?? "It ended without a reason.",
  }));
}
