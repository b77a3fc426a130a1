import { and, desc, eq, isNull, lte, sql } from "drizzle-orm";
import type { AnomalyReason, Strength } from "~/domain/anomaly";
import { HISTORY } from "~/domain/anomaly";
import type { BackupFeatures } from "~/domain/anomaly-features";
import type { Authorized } from "~/domain/permission";
import type { Ctx } from "../../context";
import { users } from "../../db/schema/access";
import { archiveScores } from "../../db/schema/archives";
import { archiveLedger } from "../../db/schema/vault";
import { getArchive } from "../get-archive";

/** How conspicuous an archive is, with what it is judged by and what was decided. */
export interface Suspicion {
  archiveId: string;
  score: number;
  strength: Strength;
  reasons: AnomalyReason[];
  /** `borg`: the catalog did not hold it, so only sizes were compared. */
  basis: "catalog" | "borg";
  features: BackupFeatures;
  /** The archive that it was held against; null: it was the plan's first. Its row may be gone for good. */
  beforeArchiveId: string | null;
  before: { archiveId: string; name: string; observedAt: Date } | null;
  scoredAt: Date;
  resolution: "ours" | "dealt-with" | null;
  resolvedAt: Date | null;
  resolvedByName: string | null;
  reason: string | null;
  /** It holds retention of its repository. */
  holds: boolean;
}

/** Null: not scored yet, or of no plan. */
export async function readSuspicion(ctx: Ctx, archiveId: string): Promise<Suspicion | null> {
  const [row] = await ctx.db
    .select({ score: archiveScores, resolvedByName: users.name, removedAt: archiveLedger.removedAt })
    .from(archiveScores)
    .innerJoin(archiveLedger, eq(archiveLedger.id, archiveScores.archiveId))
    .leftJoin(users, eq(users.id, archiveScores.resolvedBy))
    .where(eq(archiveScores.archiveId, archiveId));
  if (!row) return null;
  const { planId: _p, observedAt: _o, repositoryId: _r, resolvedBy: _b, ...score } = row.score;
  const [before] = score.beforeArchiveId
    ? await ctx.db
        .select({
          archiveId: archiveLedger.id,
          name: archiveLedger.name,
          observedAt: archiveLedger.observedAt,
        })
        .from(archiveLedger)
        .where(and(eq(archiveLedger.id, score.beforeArchiveId), isNull(archiveLedger.removedAt)))
    : [];
  const holds = score.strength === "strong" && score.resolvedAt === null && row.removedAt === null;
  return { ...score, before: before ?? null, resolvedByName: row.resolvedByName, holds };
}

/** A backup of the plan's past, for the chart. */
export interface PastScore {
  archiveId: string;
  observedAt: Date;
  score: number;
  strength: Strength;
  /** Files that changed or went, and that came; null: not known. */
  touchedFiles: number | null;
  addedFiles: number | null;
  newBytes: number | null;
}

/** How an archive was scored, and the plan's backups up to it, oldest first. Refuses archive-missing. */
export async function getSuspicion(
  ctx: Ctx,
  may: Authorized<"view">,
  input: { archiveId: string },
): Promise<{ suspicion: Suspicion | null; past: PastScore[] }> {
  const archive = await getArchive(ctx, may, input);
  const suspicion = await readSuspicion(ctx, input.archiveId);
  if (!suspicion || !archive.planId) return { suspicion, past: [] };
  const number = (path: string) => sql<number | null>`(${archiveScores.features} #>> ${path})::float8`;
  const rows = await ctx.db
    .select({
      archiveId: archiveScores.archiveId,
      observedAt: archiveScores.observedAt,
      score: archiveScores.score,
      strength: archiveScores.strength,
      changed: number("{changes,changed,files}"),
      removed: number("{changes,removed,files}"),
      addedFiles: number("{changes,added,files}"),
      newBytes: number("{newBytes}"),
    })
    .from(archiveScores)
    .where(
      and(
        eq(archiveScores.planId, archive.planId),
        eq(archiveScores.repositoryId, archive.repositoryId),
        lte(archiveScores.observedAt, archive.observedAt),
      ),
    )
    .orderBy(desc(archiveScores.observedAt), desc(archiveScores.archiveId))
    .limit(HISTORY);
  const past = rows.map(({ changed, removed, ...row }) => ({
    ...row,
    touchedFiles: changed === null || removed === null ? null : changed + removed,
  }));
  return { suspicion, past: past.toReversed() };
}
