import type { Authorized } from "~/domain/permission";
import { catalogSql } from "../catalog-pool";
import type { Ctx } from "../context";
import { findLivingRepository } from "../repositories/find-living-repository";
import { versionsOf } from "./catalog/candidate-versions";
import { folderKey } from "./catalog/compare-folders";
import { type FileVersion, toVersion } from "./catalog/versions";
import { catalogPath } from "./catalog-paths";
import { type HoldingArchive, holding, livingBySeries } from "./living-archives";

export interface TimelineEntry extends FileVersion {
  /** Living archives that hold this version, newest first. Never empty. */
  archives: HoldingArchive[];
}

/**
 * Every version of a path in a repository that a living archive holds, newest first; of all plans. Empty: the catalog knows none (it may not
 * hold the newest archives yet). Refuses not-found.
 */
export async function fileTimeline(
  ctx: Ctx,
  may: Authorized<"view">,
  input: { repositoryId: string; path: string },
): Promise<{ versions: TimelineEntry[] }> {
  const { repositoryId } = await findLivingRepository(ctx, may, input);
  const sql = catalogSql();
  const [repository] = await sql<{ number: number }[]>`
    select number from catalog_repositories where repository_id = ${repositoryId}`;
  const path = catalogPath(input.path);
  if (!repository || path === "") return { versions: [] };
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
    const archives = holding(living.get(row.series), row)
      .map(({ position: _, ...archive }) => archive)
      .reverse();
    return archives.length === 0 ? [] : [{ ...toVersion(row), archives }];
  });
  return { versions: versions.sort((a, b) => newestOf(b) - newestOf(a)) };
}

const newestOf = (entry: TimelineEntry) => Number(entry.archives[0]?.observedAt ?? 0);
