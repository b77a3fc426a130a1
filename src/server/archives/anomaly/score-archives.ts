import { and, asc, desc, eq, isNotNull, isNull, lt, ne, or, sql } from "drizzle-orm";
import { HISTORY, type Strength, scoreBackup } from "~/domain/anomaly";
import { catalogSql } from "../../catalog-pool";
import type { Ctx } from "../../context";
import { announce } from "../../db/changes";
import { archiveScores } from "../../db/schema/archives";
import { jobs } from "../../db/schema/jobs";
import { archiveLedger } from "../../db/schema/vault";
import { appendEntry } from "../../journal/append-entry";
import type { RepositoryIds } from "../../vault/copy-ledger";
import { type DescribedArchive, readFeatures } from "./read-features";

/** Archives of a query at once; the rest follows in the same job. */
const AT_ONCE = 500;

export interface Scored {
  scored: number;
  /** Names of those that were found suspicious now. */
  suspicious: string[];
}

type Candidate = DescribedArchive & { name: string; planId: string; observedAt: Date };

/**
 * Scores the archives of plans that have none yet, oldest first, each in a transaction of its own: may run twice and be cut off anywhere.
 * One whose numbers have not been asked for yet waits for the next time. One that the catalog does not hold is scored by borg's numbers
 * alone, and once more when the catalog holds it, unless a person has decided.
 */
export async function scoreArchives(ctx: Ctx, ids: RepositoryIds): Promise<Scored> {
  const done: Scored = { scored: 0, suspicious: [] };
  const passed = new Set<string>();
  for (;;) {
    const some = (await unscored(ctx, ids.repositoryId)).filter(({ archiveId }) => !passed.has(archiveId));
    if (some.length === 0) return done;
    for (const archive of some) {
      passed.add(archive.archiveId);
      const strength = await scoreOne(ctx, ids, archive);
      if (strength === null) continue;
      done.scored++;
      if (strength === "strong") done.suspicious.push(archive.name);
    }
  }
}

/** Whether archives wait for {@link scoreArchives} that it would score. */
export async function hasUnscored(ctx: Ctx, repositoryId: string): Promise<boolean> {
  return (await unscored(ctx, repositoryId, 1)).some(({ isScored }) => !isScored);
}

async function unscored(ctx: Ctx, repositoryId: string, limit = AT_ONCE) {
  return ctx.db
    .select({ ...candidate, isScored: sql<boolean>`${archiveScores.archiveId} is not null` })
    .from(archiveLedger)
    .leftJoin(jobs, eq(jobs.id, archiveLedger.jobId))
    .leftJoin(archiveScores, eq(archiveScores.archiveId, archiveLedger.id))
    .where(
      and(
        eq(archiveLedger.repositoryId, repositoryId),
        isNotNull(archiveLedger.planId),
        isNotNull(archiveLedger.describedAt),
        isNull(archiveLedger.removedAt),
        or(
          isNull(archiveScores.archiveId),
          and(
            eq(archiveScores.basis, "borg"),
            isNotNull(archiveScores.beforeArchiveId),
            isNull(archiveScores.resolvedAt),
          ),
        ),
      ),
    )
    .orderBy(
      sql`${archiveScores.archiveId} is not null`,
      asc(archiveLedger.observedAt),
      asc(archiveLedger.id),
    )
    .limit(limit);
}

const candidate = {
  archiveId: archiveLedger.id,
  name: archiveLedger.name,
  planId: sql<string>`${archiveLedger.planId}`,
  observedAt: archiveLedger.observedAt,
  originalBytes: archiveLedger.originalBytes,
  compressedBytes: archiveLedger.compressedBytes,
  deduplicatedBytes: archiveLedger.deduplicatedBytes,
  fileCount: archiveLedger.fileCount,
  durationSeconds: archiveLedger.durationSeconds,
  claimedNewBytes: sql<
    number | null
  >`case when ${jobs.result} #>> '{archive,borgId}' = ${archiveLedger.borgId}
    then (${jobs.result} #>> '{archive,deduplicatedBytes}')::float8 end`,
  order: sql<unknown>`case when ${jobs.id} is not null
    then jsonb_build_array(${jobs.payload} -> 'sources', ${jobs.payload} -> 'excludes') end`,
};

/** Null: it was scored by borg's numbers, and there is still nothing more to go by. */
async function scoreOne(
  ctx: Ctx,
  ids: RepositoryIds,
  archive: Candidate & { isScored: boolean },
): Promise<Strength | null> {
  const past = await pastOf(ctx, ids.repositoryId, archive);
  const before = await lastBefore(ctx, ids.repositoryId, archive);
  const features = await readFeatures(catalogSql(), archive, before);
  if (archive.isScored && features.basis === "borg") return null;
  const { score, strength, reasons } = scoreBackup(features, past);
  await ctx.db.transaction(async (tx) => {
    const row = {
      ...{ features, basis: features.basis, score, strength, reasons },
      ...{ scoredAt: ctx.now, beforeArchiveId: before?.archiveId ?? null },
    };
    const [earlier] = await tx
      .select({ strength: archiveScores.strength })
      .from(archiveScores)
      .where(eq(archiveScores.archiveId, archive.archiveId))
      .for("update");
    const { archiveId, planId, observedAt, name } = archive;
    const written = await tx
      .insert(archiveScores)
      .values({ archiveId, planId, observedAt, repositoryId: ids.repositoryId, ...row })
      .onConflictDoUpdate({
        target: archiveScores.archiveId,
        set: row,
        setWhere: isNull(archiveScores.resolvedAt),
      })
      .returning({ archiveId: archiveScores.archiveId });
    if (written.length > 0 && strength === "strong" && earlier?.strength !== "strong")
      await appendEntry(
        { ...ctx, db: tx },
        {
          action: "archives.suspicion.found",
          say: `The backup ${name} looks suspicious (${score} of 100). Retention of its repository is held. ${reasons[0]?.say ?? ""}`,
          ...{ clientId: ids.clientId, repositoryId: ids.repositoryId },
          detail: { archiveId, name, score, reasons, basis: features.basis },
        },
      );
    await announce(tx, { entity: "archive", id: archiveId, clientId: ids.clientId });
    if (strength === "strong" || earlier?.strength === "strong")
      await announce(tx, { entity: "repository", id: ids.repositoryId, clientId: ids.clientId });
  });
  return strength;
}

const earlierThan = (
  { archiveId, observedAt }: Candidate,
  of: typeof archiveScores | typeof archiveLedger,
) => {
  const id = of === archiveScores ? archiveScores.archiveId : archiveLedger.id;
  return or(lt(of.observedAt, observedAt), and(eq(of.observedAt, observedAt), lt(id, archiveId)));
};

/** What is usual for the plan: its last backups that nobody needs to wonder about, newest first. */
async function pastOf(ctx: Ctx, repositoryId: string, archive: Candidate) {
  const rows = await ctx.db
    .select({ features: archiveScores.features })
    .from(archiveScores)
    .where(
      and(
        eq(archiveScores.planId, archive.planId),
        eq(archiveScores.repositoryId, repositoryId),
        earlierThan(archive, archiveScores),
        or(ne(archiveScores.strength, "strong"), eq(archiveScores.resolution, "ours")),
      ),
    )
    .orderBy(desc(archiveScores.observedAt), desc(archiveScores.archiveId))
    .limit(HISTORY);
  return rows.map(({ features }) => features);
}

/** The plan's backup before it that was scored, gone for good or not; null: it is the first. */
async function lastBefore(
  ctx: Ctx,
  repositoryId: string,
  archive: Candidate,
): Promise<DescribedArchive | null> {
  const [found] = await ctx.db
    .select(candidate)
    .from(archiveLedger)
    .innerJoin(archiveScores, eq(archiveScores.archiveId, archiveLedger.id))
    .leftJoin(jobs, eq(jobs.id, archiveLedger.jobId))
    .where(
      and(
        eq(archiveLedger.planId, archive.planId),
        eq(archiveLedger.repositoryId, repositoryId),
        earlierThan(archive, archiveLedger),
      ),
    )
    .orderBy(desc(archiveLedger.observedAt), desc(archiveLedger.id))
    .limit(1);
  return found ?? null;
}
