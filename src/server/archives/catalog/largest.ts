import type postgres from "postgres";
import { type ItemType, itemType } from "~/borg/archive-items";
import type { ArchivePlace } from "./archive-place";
import { folderKey } from "./compare-folders";
import { childPath, folderPaths } from "./folder-paths";
import { foldersIn, heldAt, totalsAt } from "./held-at";

export interface Large {
  /** base64 */
  path: string;
  type: ItemType;
  bytes: number;
}

/** The largest files of an archive, largest first. Reads all versions of its series. */
export async function largestFiles(
  sql: postgres.Sql,
  { repository, series, position }: ArchivePlace,
  limit: number,
): Promise<Large[]> {
  const rows = await sql<{ folder: number; name: Buffer; type: string; bytes: number }[]>`
    select f.folder, f.name, k.type, f.size::float8 as bytes
    from catalog_files f
    join catalog_kinds k on k.repository = ${repository} and k.id = f.kind and k.type = '-'
    join catalog_folders d on d.repository = ${repository} and d.id = f.folder and d.series = ${series}
    where f.repository = ${repository} and ${heldAt(sql, "f", position)}
    order by f.size desc, f.folder, f.name limit ${limit}`;
  const paths = await folderPaths(
    sql,
    repository,
    rows.map(({ folder }) => folder),
  );
  return rows.map(({ folder, name, type, bytes }) => ({
    path: toWire(childPath(paths.get(folder) ?? "", name.toString("latin1"))),
    type: itemType(type),
    bytes,
  }));
}

export interface Grown {
  /** base64; `""` is the top. */
  path: string;
  bytesBefore: number;
  bytesAfter: number;
  filesBefore: number;
  filesAfter: number;
}

/**
 * Folders by how much more lay below them, most first; only those that grew. Enters only folders in which something differs, so the time is
 * that of what changed.
 */
export async function grownFolders(
  sql: postgres.Sql,
  { before, after, limit }: { before: ArchivePlace; after: ArchivePlace; limit: number },
): Promise<Grown[]> {
  const { repository, series } = after;
  const both = sql`${totalsAt(sql, "a", repository, before.position)} ${totalsAt(sql, "b", repository, after.position)}`;
  const rows = await sql<(Omit<Grown, "path"> & { folder: number })[]>`
    with recursive differing as (
      select d.id as folder, a.bytes as bytes_a, b.bytes as bytes_b, a.files as files_a, b.files as files_b
      from catalog_folders d ${both}
      where d.repository = ${repository} and d.key = ${folderKey(series, "")}::uuid and a.tree is distinct from b.tree
      union all
      select d.id, a.bytes, b.bytes, a.files, b.files
      from differing
      ${foldersIn(sql, "differing.folder", repository)} ${both}
      where a.tree is distinct from b.tree
    )
    select folder, coalesce(bytes_a, 0)::float8 as "bytesBefore", bytes_b::float8 as "bytesAfter",
      coalesce(files_a, 0)::float8 as "filesBefore", files_b::float8 as "filesAfter"
    from differing where bytes_b > coalesce(bytes_a, 0)
    order by bytes_b - coalesce(bytes_a, 0) desc, folder limit ${limit}`;
  const paths = await folderPaths(
    sql,
    repository,
    rows.map(({ folder }) => folder),
  );
  return rows.map(({ folder, ...row }) => ({ path: toWire(paths.get(folder) ?? ""), ...row }));
}

const toWire = (path: string) => Buffer.from(path, "latin1").toString("base64");
