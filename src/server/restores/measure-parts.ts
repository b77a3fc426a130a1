import type { RestoreRequest } from "~/domain/restore-request";
import { archivePlace } from "../archives/catalog/archive-place";
import { measurePaths } from "../archives/catalog/measure-paths";
import { catalogSql } from "../catalog-pool";

/** How much some parts are in all, for the progress; null when the catalog does not hold one of the archives (yet). */
export async function measureParts(
  parts: RestoreRequest["parts"],
): Promise<{ files: number; bytes: number } | null> {
  const totals = { files: 0, bytes: 0 };
  for (const { archiveId, paths } of parts) {
    const place = await archivePlace(catalogSql(), archiveId);
    if (place === null) return null;
    const chosen = paths.map((path) => Buffer.from(path, "base64").toString("latin1"));
    const measured = await measurePaths(catalogSql(), place, chosen.length === 0 ? [""] : chosen);
    totals.files += measured.files;
    totals.bytes += measured.bytes;
  }
  return totals;
}
