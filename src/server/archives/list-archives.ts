import { and, eq, ilike, isNotNull, isNull, or, type SQL, sql } from "drizzle-orm";
import type { Strength } from "~/domain/anomaly";
import { cutPage, decodeCursor, type Page } from "~/domain/page";
import type { Ctx } from "../context";
import { archiveScores } from "../db/schema/archives";
import { clients } from "../db/schema/clients";
import { plans } from "../db/schema/plans";
import { repositories } from "../db/schema/repositories";
import { archiveLedger, gateSessions, vaultStates } from "../db/schema/vault";
import { visibleTo } from "../db/visible-to";
import { isItsSession, isSealed } from "./is-sealed";

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
  /** In the trash since; null: it is not. It stays whole and restorable there. */
  trashedAt: Date | null;
  /** The first compaction after this deletes it for good; null: not in the trash, or the vault's rules are not known yet. */
  trashEndsAt: Date | null;
  /** Never goes into the trash while set. */
  isProtected: boolean;
  /** Under the seal in force. Retention judges sealed archives only. */
  sealed: boolean;
  /** How conspicuous its backup is; null: not judged (yet), or of no plan. */
  suspicion: { score: number; strength: Strength; resolution: "ours" | "dealt-with" | null } | null;
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
  trashedAt: archiveLedger.trashedAt,
  trashDays: sql<number | null>`(${vaultStates.state} -> 'rules' ->> 'trashDays')::int`,
  isProtected: archiveLedger.isProtected,
  sealed: isSealed(archiveLedger.sessionSequence),
  suspicion: {
    score: archiveScores.score,
    strength: archiveScores.strength,
    resolution: archiveScores.resolution,
  },
};

const DAY_MS = 86_400_000;

/** Archives that are not gone for good, with their names, newest first, in one statement. Those in the trash too. */
export async function readArchiveRows(
  ctx: Ctx,
  where: SQL | undefined,
  limit: number,
): Promise<ArchiveRow[]> {
  const rows = await ctx.db
    .select(columns)
    .from(archiveLedger)
    .innerJoin(repositories, eq(repositories.id, archiveLedger.repositoryId))
    .innerJoin(clients, eq(clients.id, repositories.clientId))
    .leftJoin(plans, eq(plans.id, archiveLedger.planId))
    .leftJoin(vaultStates, eq(vaultStates.repositoryId, archiveLedger.repositoryId))
    .leftJoin(archiveScores, eq(archiveScores.archiveId, archiveLedger.id))
    .leftJoin(gateSessions, isItsSession(archiveLedger.sessionSequence))
    .where(and(isNull(archiveLedger.removedAt), where))
    .orderBy(sql`${archiveLedger.observedAt} desc`, sql`${archiveLedger.id} desc`)
    .limit(limit);
  return rows.map(({ trashDays, ...row }) => ({ ...row, trashEndsAt: endOfTrash(row.trashedAt, trashDays) }));
}

function endOfTrash(trashedAt: Date | null, trashDays: number | null): Date | null {
  return trashedAt && trashDays !== null ? new Date(trashedAt.getTime() + trashDays * DAY_MS) : null;
}

export interface ArchiveFilter {
  clientId?: string | undefined;
  repositoryId?: string | undefined;
  planId?: string | undefined;
  /** Part of the archive's, client's or plan's name. */
  search?: string | undefined;
  /** True: those in the trash. Absent or false: those that are not. */
  trashed?: boolean | undefined;
}

/** Archives that the actor may see, newest first by the time we saw them committed: the living ones, or what is in the trash. */
export async function listArchives(
  ctx: Ctx,
  input: ArchiveFilter & { cursor?: string | null | undefined; limit: number },
): Promise<Page<ArchiveRow>> {
  const after = decodeCursor(input.cursor);
  const pattern = input.search ? `%${input.search.replace(/[\\%_]/g, "\\$&")}%` : null;
  const where = and(
    visibleTo(ctx.actor, repositories.clientId),
    input.trashed ? isNotNull(archiveLedger.trashedAt) : isNull(archiveLedger.trashedAt),
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
