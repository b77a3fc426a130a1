import type { ArchiveId } from "~/domain/id";
import type { Authorized } from "~/domain/permission";
import { catalogSql } from "../catalog-pool";
import type { Ctx } from "../context";
import { archivePlace } from "./catalog/archive-place";
import { getArchive } from "./get-archive";
import { type HoldingArchive, livingBySeries, withoutPosition } from "./living-archives";

/** Archives to each side of one that are offered for a comparison. */
const MOST_TO_A_SIDE = 200;

export interface Comparable {
  /** False: the catalog does not hold this archive (yet), so it can be compared with none. */
  known: boolean;
  /** Newest first; those of its series that are older, and those that are newer. Never itself. */
  older: HoldingArchive[];
  newer: HoldingArchive[];
}

/** The archives with which one can be compared: those of its plan that the catalog holds. Refuses archive-missing. */
export async function comparableArchives(
  ctx: Ctx,
  may: Authorized<"view">,
  input: { archiveId: ArchiveId },
): Promise<Comparable> {
  const { repositoryId } = await getArchive(ctx, may, input);
  const place = await archivePlace(catalogSql(), input.archiveId);
  if (!place) return { known: false, older: [], newer: [] };
  const living = await livingBySeries(ctx, {
    repositories: [{ repositoryId, number: place.repository }],
  });
  const inSeries = living.get(place.series) ?? [];
  const told = (archives: typeof inSeries) => archives.map(withoutPosition).reverse();
  return {
    known: true,
    older: told(inSeries.filter(({ position }) => position < place.position).slice(-MOST_TO_A_SIDE)),
    newer: told(inSeries.filter(({ position }) => position > place.position).slice(0, MOST_TO_A_SIDE)),
  };
}
