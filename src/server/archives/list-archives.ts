import { and, eq, ilike, isNull, or, type SQL, sql } from "drizzle-orm";
import { cutPage, decodeCursor, type Page } from "~/domain/page";
import type { Ctx } from "../context";
import { clients } from "../db/schema/clients";
import { plans } from "../db/schema/plans";
import { repositories } from "../db/schema/repositories";
import { archiveLedger } from "../db/schema/vault";

/** An archive of the ledger. `observedAt` is our time; `claimedStartAt` is the client's word and proves nothing. */
export interface ArchiveRow {
  id: string;
  name: string;
  clientId: string;
  clientName: string;
  repositoryId: string;
  repositoryName: string;
  planId: string | null;
  planName: string | null;
  jobId: string | null;
  observedAt: Date;
  claimedStartAt: Date;
  originalBytes: number | null;
  compressedBytes: number | null;
  deduplicatedBytes: number | null;
  fileCount: number | null;
  durationSeconds: number | null;
}

const columns = {
  id: archiveLedger.id,
  name: archiveLedger.name,
  clientId: repositories.clientId,
  clientName: clients.name,
  repositoryId: archiveLedger.repositoryId,
  repositoryName: repositories.name,
  planId: archiveLedger.planId,
  planName: plans.name,
  jobId: archiveLedger.jobId,
  observedAt: archiveLedger.observedAt,
  claimedStartAt: archiveLedger.claimedStartAt,
  originalBytes: archiveLedger.originalBytes,
  compressedBytes: archiveLedger.compressedBytes,
  deduplicatedBytes: archiveLedger.deduplicatedBytes,
  fileCount: archiveLedger.fileCount,
  durationSeconds: archiveLedger.durationSeconds,
};

/** Living archives with their names, newest first, in one statement. */
export async function readArchiveRows(
  ctx: Ctx,
  where: SQL | undefined,
  limit: number,
): Promise<ArchiveRow[]> {
  return ctx.db
    .select(columns)
    .from(archiveLedger)
    .innerJoin(repositories, eq(repositories.id, archiveLedger.repositoryId))
    .innerJoin(clients, eq(clients.id, repositories.clientId))
    .leftJoin(plans, eq(plans.id, archiveLedger.planId))
    .where(and(isNull(archiveLedger.removedAt), where))
    .orderBy(sql`${archiveLedger.observedAt} desc`, sql`${archiveLedger.id} desc`)
    .limit(limit);
}

export interface ArchiveFilter {
  clientId?: string | undefined;
  repositoryId?: string | undefined;
  planId?: string | undefined;
  /** Part of the archive's, client's or plan's name. */
  search?: string | undefined;
}

/** Archives newest first by the time we saw them committed. Those we removed are left out. */
export async function listArchives(
  ctx: Ctx,
  input: ArchiveFilter & { cursor?: string | null | undefined; limit: number },
): Promise<Page<ArchiveRow>> {
  const after = decodeCursor(input.cursor);
  const pattern = input.search ? `%${input.search.replace(/[\\%_]/g, "\\$&")}%` : null;
  const where = and(
    input.clientId ? eq(repositories.clientId, input.clientId) : undefined,
    input.repositoryId ? eq(archiveLedger.repositoryId, input.repositoryId) : undefined,
    input.planId ? eq(archiveLedger.planId, input.planId) : undefined,
    pattern
      ? or(ilike(archiveLedger.name, pattern), ilike(clients.name, pattern), ilike(plans.name, pattern))
      : undefined,
    after
      ? sql`(${archiveLedger.observedAt}, ${archiveLedger.id}) < (${after.at.toISOString()}, ${after.id})`
      : undefined,
  );
  const rows = await readArchiveRows(ctx, where, input.limit + 1);
  return cutPage(
    rows,
    input.limit,
    (row) => ({ at: row.observedAt, id: row.id }),
    (row) => row,
  );
}
