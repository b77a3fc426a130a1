import type { ArchiveId } from "~/domain/id";
import type { Authorized } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import { catalogSql } from "../catalog-pool";
import type { Ctx } from "../context";
import { archivePlace } from "./catalog/archive-place";
import { type Large, largestFiles } from "./catalog/largest";
import { getArchive } from "./get-archive";

/** The largest files of an archive. Refuses archive-missing, storage-unavailable (the catalog does not hold it yet). */
export async function whatIsLargest(
  ctx: Ctx,
  may: Authorized<"view">,
  input: { archiveId: ArchiveId; limit: number },
): Promise<Large[]> {
  await getArchive(ctx, may, input);
  const place = await archivePlace(catalogSql(), input.archiveId);
  if (!place)
    throw new Refusal("storage-unavailable", {
      say: "The catalog does not hold this archive yet. It is filled after each audit; try again in some minutes.",
    });
  return largestFiles(catalogSql(), place, input.limit);
}
