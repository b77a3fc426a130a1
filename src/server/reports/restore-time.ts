import { and, desc, eq, gt, isNotNull, isNull, ne, sql } from "drizzle-orm";
import type { Authorized } from "~/domain/permission";
import {
  estimateRestore,
  LEAST_MEASURED_BYTES,
  LEAST_MEASURED_FILES,
  MEASURED_RUNS,
  type MeasuredRestore,
  type RestoreEstimate,
  type RestoreSize,
} from "~/domain/restore-rate";
import type { Ctx } from "../context";
import { jobs } from "../db/schema/jobs";
import { plans } from "../db/schema/plans";
import { certificates } from "../db/schema/reports";
import { archiveLedger } from "../db/schema/vault";

export interface RestoreTime {
  /** What would come back: the newest archive of each plan; null: none has an archive whose size is known. */
  size: RestoreSize | null;
  /** Null: nothing was measured that says it. */
  estimate: RestoreEstimate | null;
}

/** How long bringing a machine back takes, by its last restores and the last drills of its archives. */
export async function restoreTime(ctx: Ctx, may: Authorized<"view">): Promise<RestoreTime> {
  const { clientId } = may;
  const size = await newestSize(ctx, clientId);
  if (size === null) return { size, estimate: null };
  const measured = [
    ...(await restoresOf(ctx, clientId)),
    ...(await drillsOf(ctx, clientId, "client")),
    ...(await drillsOf(ctx, clientId, "storage-node")),
  ];
  return { size, estimate: estimateRestore(measured, size) };
}

async function newestSize(ctx: Ctx, clientId: string): Promise<RestoreSize | null> {
  const newest = ctx.db
    .select({ bytes: archiveLedger.originalBytes, files: archiveLedger.fileCount })
    .from(archiveLedger)
    .where(
      and(
        eq(archiveLedger.planId, plans.id),
        isNull(archiveLedger.removedAt),
        isNull(archiveLedger.trashedAt),
        isNotNull(archiveLedger.originalBytes),
      ),
    )
    .orderBy(desc(archiveLedger.observedAt))
    .limit(1)
    .as("newest");
  const [sum] = await ctx.db
    .select({
      bytes: sql<number | null>`sum(${newest.bytes})`.mapWith(Number),
      files: sql<number | null>`sum(${newest.files})`.mapWith(Number),
    })
    .from(plans)
    .innerJoinLateral(newest, sql`true`)
    .where(and(eq(plans.clientId, clientId), isNull(plans.removedAt)));
  return sum?.bytes ? { bytes: sum.bytes, files: sum.files ?? 0 } : null;
}

async function restoresOf(ctx: Ctx, clientId: string): Promise<MeasuredRestore[]> {
  const told = (key: string) => sql<number>`(${jobs.result} ->> ${key})::bigint`.mapWith(Number);
  const rows = await ctx.db
    .select({
      bytes: told("bytes"),
      files: told("files"),
      seconds: sql<number>`extract(epoch from ${jobs.endedAt} - ${jobs.startedAt})`.mapWith(Number),
    })
    .from(jobs)
    .where(
      and(
        eq(jobs.clientId, clientId),
        eq(jobs.kind, "restore"),
        sql`${jobs.state} in ('succeeded', 'warned')`,
        isNotNull(jobs.startedAt),
        gt(jobs.endedAt, jobs.startedAt),
        sql`coalesce(${jobs.payload} ->> 'dryRun', 'false') <> 'true' and ${jobs.payload} -> 'database' is null`,
        // It also hashed and removed what it brought; its certificate has the time of the restore alone.
        sql`${jobs.payload} -> 'drill' is null`,
        sql`(${told("bytes")} >= ${LEAST_MEASURED_BYTES}::bigint or ${told("files")} >= ${LEAST_MEASURED_FILES}::bigint)`,
      ),
    )
    .orderBy(sql`${jobs.endedAt} desc`)
    .limit(MEASURED_RUNS);
  return rows.map((row) => ({ by: "restore", ...row }));
}

async function drillsOf(
  ctx: Ctx,
  clientId: string,
  onto: "client" | "storage-node",
): Promise<MeasuredRestore[]> {
  const rows = await ctx.db
    .select({
      bytes: certificates.restoredBytes,
      files: certificates.restoredFiles,
      milliseconds: certificates.milliseconds,
    })
    .from(certificates)
    .where(
      and(
        eq(certificates.clientId, clientId),
        onto === "client" ? isNotNull(certificates.ontoClientId) : isNull(certificates.ontoClientId),
        ne(certificates.outcome, "failed"),
        sql`(${certificates.restoredBytes} >= ${LEAST_MEASURED_BYTES}::bigint or ${certificates.restoredFiles} >= ${LEAST_MEASURED_FILES}::bigint)`,
      ),
    )
    .orderBy(desc(certificates.endedAt))
    .limit(MEASURED_RUNS);
  const by = onto === "client" ? "drill-onto-client" : "drill";
  return rows.map(({ milliseconds, ...row }) => ({ by, ...row, seconds: milliseconds / 1000 }));
}
