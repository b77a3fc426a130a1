import type postgres from "postgres";
import { pathList } from "./path-list";
import type { VersionRow } from "./versions";

export interface FoundVersion extends VersionRow {
  folder: number;
  series: number;
  first: number;
  last: number | null;
}

/** All versions of some paths, oldest first for each. */
export async function versionsOf(
  sql: postgres.Sql,
  repository: number,
  paths: readonly { folder: number; name: string }[],
): Promise<FoundVersion[]> {
  return sql<FoundVersion[]>`
    select f.folder, d.series, f.first, f.last, f.name, f.size::float8 as size, f.modified::float8 as modified,
      k.type, k.mode, k.owner, k.grp, l.target
    from ${pathList(sql, paths)} c
    cross join lateral (
      select * from catalog_files f where f.repository = ${repository} and f.folder = c.folder and f.name = c.name offset 0
    ) f
    join catalog_folders d on d.repository = ${repository} and d.id = f.folder
    join catalog_kinds k on k.repository = ${repository} and k.id = f.kind
    left join catalog_links l on k.type in ('l', 'h') and l.repository = ${repository}
      and l.folder = f.folder and l.name = f.name and l.first = f.first
    order by f.folder, f.name, f.first`;
}
