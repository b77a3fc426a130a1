import type { ClientId } from "~/domain/id";
import type { Authorized } from "~/domain/permission";
import { catalogSql } from "../catalog-pool";
import type { Ctx } from "../context";
import { findLivingRepository } from "../repositories/find-living-repository";
import { versionsOf } from "./catalog/candidate-versions";
import { folderKey } from "./catalog/compare-folders";
import { type FileVersion, toVersion } from "./catalog/versions";
import { catalogPath } from "./catalog-paths";
import { type HoldingArchive, holding, livingBySeries, withoutPosition } from "./living-archives";

/** Versions that are told of one path, and archives of one version: what a person scrolls through. */
const MOST_VERSIONS = 500;
const MOST_ARCHIVES = 50;

export interface TimelineEntry extends FileVersion {
  /** The newest archive of its plan holds this version. */
  current: boolean;
  /** Living archives that hold this version, the newest of them, newest first. Never empty. */
  archives: HoldingArchive[];
  /** How many do in all, and the first that did. */
  archiveCount: number;
  oldest: HoldingArchive;
}

/**
 * The newest versions of a path in a repository that living archives hold, newest first; of all plans. Empty: the catalog knows none (it may
 * not hold the newest archives yet). Refuses not-found.
 */
export async function fileTimeline(
  ctx: Ctx,
  may: Authorized<"view">,
  input: { repositoryId: string; path: string },
): Promise<{ clientId: ClientId; versions: TimelineEntry[]; truncated: boolean }> {
  const { repositoryId } = await findLivingRepository(ctx, may, input);
  const sql = catalogSql();
  const [repository] = await sql<{ number: number }[]>`
    select number from catalog_repositories where repository_id = ${repositoryId}`;
  const path = catalogPath(input.path);
  const none = { clientId: may.clientId, versions: [], truncated: false };
  if (!repository || path === "") return none;
  const { number } = repository;
  const living = await livingBySeries(ctx, { repositories: [{ repositoryId, number }] });
  const cut = path.lastIndexOf("/");
  const keys = [...living.keys()].map((series) => folderKey(series, cut < 0 ? "" : path.slice(0, cut)));
  const folders = await sql<{ id: number }[]>`
    select id from catalog_folders where repository = ${number} and key = any(${keys}::uuid[])`;
  const name = path.slice(cut + 1);
  const rows = await versionsOf(
    sql,
    number,
    folders.map(({ id }) => ({ folder: id, name })),
  );
  const versions = rows.flatMap((row) => {
    const inSeries = living.get(row.series);
    const archives = holding(inSeries, row).reverse();
    const [newest, oldest] = [archives[0], archives.at(-1)];
    if (!newest || !oldest) return [];
    return {
      ...toVersion(row),
      current: newest.position === inSeries?.at(-1)?.position,
      archives: archives.slice(0, MOST_ARCHIVES).map(withoutPosition),
      archiveCount: archives.length,
      oldest: withoutPosition(oldest),
    };
  });
  versions.sort((a, b) => newestOf(b) - newestOf(a));
  return { ...none, versions: versions.slice(0, MOST_VERSIONS), truncated: versions.length > MOST_VERSIONS };
}

const newestOf = (entry: TimelineEntry) => Number(entry.archives[0]?.observedAt ?? 0);
