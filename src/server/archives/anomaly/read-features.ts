import type postgres from "postgres";
import type { BackupFeatures } from "~/domain/anomaly-features";
import { isSameValue } from "~/domain/same-value";
import { type ArchivePlace, archivePlace } from "../catalog/archive-place";
import { heldAt } from "../catalog/held-at";
import { findFolder } from "../catalog/list-entries";
import { readChanges } from "./read-changes";

/** An archive with borg's numbers, and what its backup was asked for. */
export interface DescribedArchive {
  archiveId: string;
  originalBytes: number | null;
  compressedBytes: number | null;
  deduplicatedBytes: number | null;
  fileCount: number | null;
  durationSeconds: number | null;
  /** What the machine said right after its backup; null: nothing. */
  claimedNewBytes: number | null;
  /** Sources and excludes; null: not known any more. */
  order: unknown;
}

/**
 * What a backup came to, held against the one before. By borg's numbers alone when the catalog does not hold both. What no archive held
 * before is asked of borg on our side, which tells too little when the next archive was there already; the machine's own word counts where
 * it is more, so that a hostile one can only raise suspicion with it.
 */
export async function readFeatures(
  sql: postgres.Sql,
  archive: DescribedArchive,
  before: DescribedArchive | null,
): Promise<BackupFeatures> {
  const place = await archivePlace(sql, archive.archiveId);
  const placeBefore = before && (await archivePlace(sql, before.archiveId));
  const numbers = {
    originalBytes: archive.originalBytes,
    compressedBytes: archive.compressedBytes,
    newBytes:
      archive.deduplicatedBytes === null && archive.claimedNewBytes === null
        ? null
        : Math.max(archive.deduplicatedBytes ?? 0, archive.claimedNewBytes ?? 0),
    durationSeconds: archive.durationSeconds,
    orderChanged: before?.order != null && archive.order != null && !isSameValue(before.order, archive.order),
  };
  const sizes = before && { originalBytes: before.originalBytes, compressedBytes: before.compressedBytes };
  if (place && before === null)
    return { basis: "catalog", ...(await totalOf(sql, place)), ...numbers, before: null, changes: null };
  if (place && placeBefore && sizes && place.series === placeBefore.series)
    return {
      ...{ basis: "catalog", ...(await totalOf(sql, place)), ...numbers },
      before: { ...(await totalOf(sql, placeBefore)), ...sizes },
      changes: await readChanges(sql, { before: placeBefore, after: place }),
    };
  const byBorg = (of: DescribedArchive) => ({ files: of.fileCount ?? 0, bytes: of.originalBytes ?? 0 });
  // Without numbers of one of them nothing can be compared, and zeros would look like an emptied tree.
  const comparable = before && isDescribed(before) && isDescribed(archive);
  return {
    ...{ basis: "borg", ...byBorg(archive), ...numbers },
    before: comparable && sizes ? { ...byBorg(before), ...sizes } : null,
    changes: null,
  };
}

const isDescribed = (archive: DescribedArchive) =>
  archive.fileCount !== null && archive.originalBytes !== null;

/** What lies below the top of an archive. */
async function totalOf(sql: postgres.Sql, place: ArchivePlace): Promise<{ files: number; bytes: number }> {
  const top = await findFolder(sql, place, "");
  if (top === null) return { files: 0, bytes: 0 };
  const [total] = await sql<{ files: number; bytes: number }[]>`
    select t.files::float8 as files, t.bytes::float8 as bytes from catalog_totals t
    where t.repository = ${place.repository} and t.folder = ${top} and ${heldAt(sql, "t", place.position)}`;
  return total ? { ...total } : { files: 0, bytes: 0 };
}
