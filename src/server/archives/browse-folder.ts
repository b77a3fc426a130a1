import type { FolderOrder } from "~/domain/folder-order";
import { orderEntries } from "~/domain/folder-order";
import type { ArchiveId } from "~/domain/id";
import type { Authorized } from "~/domain/permission";
import { catalogSql } from "../catalog-pool";
import type { Ctx } from "../context";
import { archivePlace } from "./catalog/archive-place";
import { type CatalogEntry, findFolder, listEntries } from "./catalog/list-entries";
import { catalogPath } from "./catalog-paths";
import { archiveMissing, getArchive } from "./get-archive";
import { readFolder } from "./read-folder";

/** An entry as it is shown. `lossless` false: borg could not print its name, so it cannot be asked for by it. */
export type ShownEntry = CatalogEntry & { lossless: boolean };

export const shownEntry = (entry: CatalogEntry): ShownEntry => ({ ...entry, lossless: true });

export interface BrowsedFolder {
  /** `borg`: the catalog does not hold this archive (yet), so borg was asked; folders then have no sizes and `truncated` may be true. */
  source: "catalog" | "borg";
  entries: ShownEntry[];
  truncated: boolean;
  /** Null: this was the last page. */
  nextCursor: string | null;
}

/**
 * A page of a folder of an archive, folders first. From the catalog at once, else from borg, slowly, and all at once. Refuses
 * archive-missing (also for a folder that the archive does not hold), storage-unavailable.
 */
export async function browseFolder(
  ctx: Ctx,
  may: Authorized<"view">,
  input: {
    archiveId: ArchiveId;
    path: string;
    order: FolderOrder;
    reversed: boolean;
    cursor?: string | null | undefined;
    limit: number;
    signal?: AbortSignal | undefined;
  },
): Promise<BrowsedFolder> {
  const { archiveId, path, order, reversed, limit, signal } = input;
  await getArchive(ctx, may, { archiveId });
  const place = await archivePlace(catalogSql(), archiveId);
  if (!place) {
    const { entries, truncated } = await readFolder(ctx, may, { archiveId, path, signal });
    return {
      source: "borg",
      entries: orderEntries(entries, order, reversed).map((entry) => ({ ...entry, files: null })),
      truncated,
      nextCursor: null,
    };
  }
  const folder = await findFolder(catalogSql(), place, catalogPath(path));
  if (folder === null) throw archiveMissing();
  const offset = /^\d{1,9}$/.test(input.cursor ?? "") ? Number(input.cursor) : 0;
  const rows = await listEntries(catalogSql(), place, { folder, order, reversed, offset, limit: limit + 1 });
  return {
    source: "catalog",
    entries: rows.slice(0, limit).map(shownEntry),
    truncated: false,
    nextCursor: rows.length > limit ? String(offset + limit) : null,
  };
}
