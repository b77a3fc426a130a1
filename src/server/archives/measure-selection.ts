import type { ArchiveId } from "~/domain/id";
import type { Authorized } from "~/domain/permission";
import { catalogSql } from "../catalog-pool";
import type { Ctx } from "../context";
import { archivePlace } from "./catalog/archive-place";
import { measurePaths } from "./catalog/measure-paths";
import { catalogPath } from "./catalog-paths";
import { getArchive } from "./get-archive";

/**
 * Bytes and files of some paths of an archive with all that lies below them; null: the catalog does not hold this archive (yet). What is not
 * there counts nothing. No path should lie below another: it would count twice. Refuses archive-missing.
 */
export async function measureSelection(
  ctx: Ctx,
  may: Authorized<"view">,
  input: { archiveId: ArchiveId; paths: readonly string[] },
): Promise<{ bytes: number; files: number } | null> {
  await getArchive(ctx, may, input);
  const place = await archivePlace(catalogSql(), input.archiveId);
  return place && measurePaths(catalogSql(), place, input.paths.map(catalogPath));
}
