import type { ArchiveId } from "~/domain/id";
import type { Authorized } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import { catalogSql } from "../catalog-pool";
import type { Ctx } from "../context";
import { type ArchivePlace, archivePlace } from "./catalog/archive-place";
import { type ComparedEntry, comparePlaces } from "./catalog/compare-places";
import { type Grown, grownFolders } from "./catalog/largest";
import { findFolder } from "./catalog/list-entries";
import { catalogPath } from "./catalog-paths";
import { getArchive } from "./get-archive";

/** More differing entries directly in one folder than anybody reads. */
const MOST_ENTRIES = 5000;

export interface Comparison {
  entries: ComparedEntry[];
  truncated: boolean;
}

/**
 * What differs in a folder between two archives of one plan, whichever is older. Empty: nothing. Refuses archive-missing,
 * storage-unavailable (the catalog does not hold one of them yet), invalid-input (they are of different plans).
 */
export async function compareArchives(
  ctx: Ctx,
  may: Authorized<"view">,
  input: { before: ArchiveId; after: ArchiveId; path: string },
): Promise<Comparison> {
  const { before, after } = await twoPlaces(ctx, may, input);
  const sql = catalogSql();
  const path = catalogPath(input.path);
  const folder = (await findFolder(sql, after, path)) ?? (await findFolder(sql, before, path));
  if (folder === null) return { entries: [], truncated: false };
  const entries = await comparePlaces(sql, { before, after, folder, limit: MOST_ENTRIES + 1 });
  return { entries: entries.slice(0, MOST_ENTRIES), truncated: entries.length > MOST_ENTRIES };
}

/** The folders that took most more room from one archive to the other, most first. Refuses as {@link compareArchives}. */
export async function whatGrew(
  ctx: Ctx,
  may: Authorized<"view">,
  input: { before: ArchiveId; after: ArchiveId; limit: number },
): Promise<Grown[]> {
  return grownFolders(catalogSql(), { ...(await twoPlaces(ctx, may, input)), limit: input.limit });
}

async function twoPlaces(
  ctx: Ctx,
  may: Authorized<"view">,
  input: { before: ArchiveId; after: ArchiveId },
): Promise<{ before: ArchivePlace; after: ArchivePlace }> {
  await getArchive(ctx, may, { archiveId: input.before });
  await getArchive(ctx, may, { archiveId: input.after });
  const sql = catalogSql();
  const [before, after] = [await archivePlace(sql, input.before), await archivePlace(sql, input.after)];
  if (!before || !after)
    throw new Refusal("storage-unavailable", {
      say: "The catalog does not hold both archives yet. It is filled after each audit; try again in some minutes.",
    });
  if (before.series !== after.series)
    throw new Refusal("invalid-input", {
      say: "These archives are of different plans. Choose two archives of the same plan.",
    });
  return { before, after };
}
