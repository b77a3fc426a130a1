import { and, desc, eq, type SQL, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { DrillOutcome, DrillScope } from "~/domain/drill";
import { cutPage, decodeCursor, type Page } from "~/domain/page";
import type { Ctx } from "../context";
import { clients } from "../db/schema/clients";
import { plans } from "../db/schema/plans";
import { certificates } from "../db/schema/reports";
import { repositories } from "../db/schema/repositories";
import { visibleTo } from "../db/visible-to";

/** A restore drill that was made, by its certificate. Names are those of now. */
export interface CertificateRow {
  id: string;
  jobId: string;
  clientId: string;
  clientName: string;
  planId: string | null;
  planName: string | null;
  repositoryId: string;
  repositoryName: string;
  archiveId: string;
  archiveName: string;
  /** The machine on which it was restored; null: on the storage node. */
  ontoClientName: string | null;
  scope: DrillScope;
  outcome: DrillOutcome;
  say: string;
  endedAt: Date;
  milliseconds: number;
  comparedFiles: number;
  restoredFiles: number;
  restoredBytes: number;
}

export interface CertificateFilter {
  clientId?: string | undefined;
  planId?: string | undefined;
  archiveId?: string | undefined;
  outcome?: DrillOutcome | undefined;
}

/** Certificates of clients that the actor may see, the newest first. */
export async function listCertificates(
  ctx: Ctx,
  input: CertificateFilter & { cursor?: string | null | undefined; limit: number },
): Promise<Page<CertificateRow>> {
  const after = decodeCursor(input.cursor);
  const rows = await readCertificateRows(
    ctx,
    and(
      visibleTo(ctx.actor, certificates.clientId),
      input.clientId ? eq(certificates.clientId, input.clientId) : undefined,
      input.planId ? eq(certificates.planId, input.planId) : undefined,
      input.archiveId ? eq(certificates.archiveId, input.archiveId) : undefined,
      input.outcome ? eq(certificates.outcome, input.outcome) : undefined,
      after
        ? sql`(${certificates.endedAt}, ${certificates.id}) < (${after.at.toISOString()}, ${after.id})`
        : undefined,
    ),
    input.limit + 1,
  );
  return cutPage(
    rows,
    input.limit,
    (row) => ({ at: row.endedAt, id: row.id }),
    (row) => row,
  );
}

/** Certificates with their names, the newest first. */
export async function readCertificateRows(
  ctx: Ctx,
  where: SQL | undefined,
  limit: number,
): Promise<CertificateRow[]> {
  const onto = alias(clients, "onto");
  return ctx.db
    .select({
      ...columns,
      ...{ clientName: clients.name, planName: plans.name, repositoryName: repositories.name },
      ontoClientName: onto.name,
    })
    .from(certificates)
    .leftJoin(onto, eq(onto.id, certificates.ontoClientId))
    .innerJoin(clients, eq(clients.id, certificates.clientId))
    .innerJoin(repositories, eq(repositories.id, certificates.repositoryId))
    .leftJoin(plans, eq(plans.id, certificates.planId))
    .where(where)
    .orderBy(desc(certificates.endedAt), desc(certificates.id))
    .limit(limit);
}

const columns = {
  id: certificates.id,
  jobId: certificates.jobId,
  clientId: certificates.clientId,
  planId: certificates.planId,
  repositoryId: certificates.repositoryId,
  archiveId: certificates.archiveId,
  archiveName: certificates.archiveName,
  scope: certificates.scope,
  outcome: certificates.outcome,
  say: certificates.say,
  endedAt: certificates.endedAt,
  milliseconds: certificates.milliseconds,
  comparedFiles: certificates.comparedFiles,
  restoredFiles: certificates.restoredFiles,
  restoredBytes: certificates.restoredBytes,
};
