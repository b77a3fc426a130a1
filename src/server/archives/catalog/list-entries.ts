import type postgres from "postgres";
import type { FolderOrder } from "~/domain/folder-order";
import type { ArchivePlace } from "./archive-place";
import { folderKey } from "./compare-folders";
import { heldAt } from "./held-at";
import { type FileVersion, toVersion, type VersionRow } from "./versions";

export interface CatalogEntry extends FileVersion {
  /** Files below a folder; null for the rest. A folder's `bytes` are those of all files below it. */
  files: number | null;
}

/** The number of a folder that the archive holds, by its path (binary string); null: it holds none. */
export async function findFolder(
  sql: postgres.Sql,
  { repository, series, position }: ArchivePlace,
  path: string,
): Promise<number | null> {
  const [found] = await sql<{ id: number }[]>`
    select d.id from catalog_folders d
    join catalog_totals t on t.repository = ${repository} and t.folder = d.id and ${heldAt(sql, "t", position)}
    where d.repository = ${repository} and d.key = ${folderKey(series, path)}::uuid`;
  return found?.id ?? null;
}

/**
 * A page of what a folder held in an archive: folders first, then in order; names by their bytes. `name` (binary string): only the entry of
 * that name.
 */
export async function listEntries(
  sql: postgres.Sql,
  { repository, position }: ArchivePlace,
  input: {
    folder: number;
    name?: string;
    order: FolderOrder;
    reversed: boolean;
    offset: number;
    limit: number;
  },
): Promise<CatalogEntry[]> {
  const { folder, name, order, reversed, offset, limit } = input;
  const ascending = { name: true, size: false, date: false }[order] !== reversed;
  const direction = ascending ? sql`asc` : sql`desc`;
  const ordered = {
    name: sql`name ${direction}`,
    size: sql`bytes ${direction}, name`,
    date: sql`modified ${direction} nulls last, name`,
  }[order];
  const only = name === undefined ? sql`` : sql`and f.name = ${Buffer.from(name, "latin1")}`;
  const rows = await sql<(VersionRow & { bytes: number; files: number | null })[]>`
    with held as (
      select f.name, f.modified, f.kind, f.first, f.folder, coalesce(t.bytes, f.size) as bytes, t.files,
        k.type, k.mode, k.owner, k.grp
      from catalog_files f
      join catalog_kinds k on k.repository = ${repository} and k.id = f.kind
      left join catalog_folders d on k.type = 'd' and d.repository = ${repository} and d.parent = f.folder and d.name = f.name
      left join catalog_totals t on t.repository = ${repository} and t.folder = d.id and ${heldAt(sql, "t", position)}
      where f.repository = ${repository} and f.folder = ${folder} and ${heldAt(sql, "f", position)} ${only}
      order by k.type = 'd' desc, ${ordered}
      offset ${offset} limit ${limit}
    )
    select held.name, held.bytes::float8 as bytes, held.bytes::float8 as size, held.modified::float8 as modified,
      held.files::float8 as files, held.type, held.mode, held.owner, held.grp, l.target
    from held
    left join catalog_links l on held.type in ('l', 'h') and l.repository = ${repository}
      and l.folder = held.folder and l.name = held.name and l.first = held.first
    order by held.type = 'd' desc, ${ordered}`;
  return rows.map((row) => ({ ...toVersion(row), files: row.files }));
}
