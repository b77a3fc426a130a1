import { and, asc, eq, isNull, ne, or } from "drizzle-orm";
import { catalogSql } from "../../catalog-pool";
import type { Ctx } from "../../context";
import { archiveScores } from "../../db/schema/archives";
import { archiveLedger } from "../../db/schema/vault";
import { type ArchivePlace, archivePlace, placesOf } from "../catalog/archive-place";

/** An archive of a plan that lives and that the catalog holds. */
export interface RunArchive {
  archiveId: string;
  name: string;
  observedAt: Date;
  place: ArchivePlace;
  suspicious: boolean;
}

/** What was suspicious in a plan's archives, and what lies around it. */
export interface SuspiciousRun {
  /** Oldest first, never empty; the first is where it began. */
  suspicious: RunArchive[];
  /** The last one before it. */
  lastClean: RunArchive;
  /** Those after it began that are not suspicious themselves, oldest first. */
  later: RunArchive[];
}

/**
 * The suspicious run of the plan that made an archive: all that nobody has decided about yet; when there is none, the last one that was
 * dealt with. Null: the plan has none, nothing clean is left before it, or the catalog does not hold what is needed.
 */
export async function suspiciousRun(ctx: Ctx, given: { archiveId: string }): Promise<SuspiciousRun | null> {
  const place = await archivePlace(catalogSql(), given.archiveId);
  if (!place) return null;
  const archives = await archivesOfSeries(ctx, given.archiveId, place);
  const open = archives.filter(({ standing }) => standing === "open");
  const bad = open.length > 0 ? open : archives.filter(({ standing }) => standing === "dealt-with").slice(-1);
  const [first] = bad;
  if (!first) return null;
  const begin = first.place.position;
  // One that was dealt with long ago is no place to restore from either.
  const suspect = new Set(
    archives.filter(({ standing }) => standing !== "clean").map(({ archiveId }) => archiveId),
  );
  const runs = archives.map(({ standing: _, ...rest }) => ({
    ...rest,
    suspicious: suspect.has(rest.archiveId),
  }));
  const lastClean = runs.findLast((one) => one.place.position < begin && !one.suspicious);
  if (!lastClean) return null;
  const since = runs.filter((one) => one.place.position >= begin);
  return {
    suspicious: since.filter((one) => one.suspicious),
    lastClean,
    later: since.filter((one) => !one.suspicious),
  };
}

/** The living archives of a series, oldest first, and what was found and decided of each. */
async function archivesOfSeries(ctx: Ctx, archiveId: string, place: ArchivePlace) {
  const [plan] = await ctx.db
    .select({ planId: archiveLedger.planId, repositoryId: archiveLedger.repositoryId })
    .from(archiveLedger)
    .where(eq(archiveLedger.id, archiveId));
  if (!plan?.planId) return [];
  const rows = await ctx.db
    .select({
      archiveId: archiveLedger.id,
      name: archiveLedger.name,
      observedAt: archiveLedger.observedAt,
      resolution: archiveScores.resolution,
      scored: archiveScores.archiveId,
    })
    .from(archiveLedger)
    .leftJoin(
      archiveScores,
      and(
        eq(archiveScores.archiveId, archiveLedger.id),
        eq(archiveScores.strength, "strong"),
        or(isNull(archiveScores.resolution), ne(archiveScores.resolution, "ours")),
      ),
    )
    .where(
      and(
        eq(archiveLedger.planId, plan.planId),
        eq(archiveLedger.repositoryId, plan.repositoryId),
        isNull(archiveLedger.removedAt),
      ),
    )
    .orderBy(asc(archiveLedger.observedAt), asc(archiveLedger.id));
  const places = new Map(
    (await placesOf(catalogSql(), [place.repository])).map((one) => [one.archiveId, one]),
  );
  return rows
    .flatMap(({ scored, resolution, ...row }) => {
      const at = places.get(row.archiveId);
      const standing: "clean" | "open" | "dealt-with" =
        scored === null ? "clean" : resolution === null ? "open" : "dealt-with";
      return at && at.series === place.series ? [{ ...row, place: at, standing }] : [];
    })
    .sort((a, b) => a.place.position - b.place.position);
}
