import type { ArchiveId } from "~/domain/id";
import type { Authorized } from "~/domain/permission";
import { catalogSql } from "../catalog-pool";
import type { Ctx } from "../context";
import { type ShownEntry, shownEntry } from "./browse-folder";
import { archivePlace } from "./catalog/archive-place";
import { locatePath } from "./catalog/locate-path";
import { catalogPath } from "./catalog-paths";
import { getArchive } from "./get-archive";

export interface Place {
  /** base64: the folder itself, or the nearest one above that the archive holds; `""` is the top. */
  folder: string;
  /** What else than a folder stands at the path. */
  entry: ShownEntry | null;
  missing: boolean;
  /** `borg`: the catalog does not hold this archive (yet), so nothing is known of the path before it is opened. */
  source: "catalog" | "borg";
}

/** What stands at a typed path of an archive, and where to look if nothing does. Refuses archive-missing. */
export async function locateInArchive(
  ctx: Ctx,
  may: Authorized<"view">,
  input: { archiveId: ArchiveId; path: string },
): Promise<Place> {
  await getArchive(ctx, may, input);
  const path = catalogPath(input.path);
  const place = await archivePlace(catalogSql(), input.archiveId);
  if (!place) return { folder: toWire(path), entry: null, missing: false, source: "borg" };
  const { folder, entry, missing } = await locatePath(catalogSql(), place, path);
  return { folder: toWire(folder), entry: entry && shownEntry(entry), missing, source: "catalog" };
}

const toWire = (path: string) => Buffer.from(path, "latin1").toString("base64");
