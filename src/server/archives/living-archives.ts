import { and, inArray, isNull } from "drizzle-orm";
import { catalogSql } from "../catalog-pool";
import type { Ctx } from "../context";
import { archiveLedger } from "../db/schema/vault";
import { placesOf } from "./catalog/archive-place";

/** An archive as a version names it. */
export interface HoldingArchive {
  archiveId: string;
  name: string;
  observedAt: Date;
  isTrashed: boolean;
}

/**
 * The archives of repositories that are not gone for good and that the catalog holds, oldest first, by series. The ledger decides which
 * live, at every question: deleting an archive changes nothing in the catalog.
 */
export async function livingBySeries(
  ctx: Ctx,
  given: { repositories: readonly { repositoryId: string; number: number }[] },
): Promise<Map<number, (HoldingArchive & { position: number })[]>> {
  const ids = given.repositories.map(({ repositoryId }) => repositoryId);
  const living = await ctx.db
    .select({
      archiveId: archiveLedger.id,
      name: archiveLedger.name,
      observedAt: archiveLedger.observedAt,
      trashedAt: archiveLedger.trashedAt,
    })
    .from(archiveLedger)
    .where(and(inArray(archiveLedger.repositoryId, ids), isNull(archiveLedger.removedAt)))
    .orderBy(archiveLedger.observedAt, archiveLedger.id);
  const byId = new Map(living.map((archive) => [archive.archiveId, archive]));
  const bySeries = new Map<number, (HoldingArchive & { position: number })[]>();
  const places = await placesOf(
    catalogSql(),
    given.repositories.map(({ number }) => number),
  );
  for (const { archiveId, series, position } of places) {
    const archive = byId.get(archiveId);
    if (!archive) continue;
    const { trashedAt, ...rest } = archive;
    const list = bySeries.get(series) ?? [];
    list.push({ ...rest, position, isTrashed: trashedAt !== null });
    bySeries.set(series, list);
  }
  return bySeries;
}

/** The archives among `living` that hold a version. */
export function holding<Archive extends { position: number }>(
  living: readonly Archive[] | undefined,
  range: { first: number; last: number | null },
): Archive[] {
  return (living ?? []).filter(
    ({ position }) => position >= range.first && (range.last === null || position <= range.last),
  );
}

export function withoutPosition({
  position: _,
  ...archive
}: HoldingArchive & { position: number }): HoldingArchive {
  return archive;
}
