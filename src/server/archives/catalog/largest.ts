import type postgres from "postgres";
import { type ItemType, itemType } from "~/borg/archive-items";
import type { ArchivePlace } from "./archive-place";
import { childPath, folderPaths } from "./folder-paths";

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
    where f.repository = ${repository} and f.first <= ${position} and (f.last is null or f.last >= ${position})
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

/** Folders by how much more lay below them, most first; only those that grew. */
export async function grownFolders(
  sql: postgres.Sql,
  { before, after, limit }: { before: ArchivePlace; after: ArchivePlace; limit: number },
): Promise<Grown[]> {
  const { repository, series } = after;
  const rows = await sql<(Omit<Grown, "path"> & { folder: number })[]>`
    select b.folder, coalesce(a.bytes, 0)::float8 as "bytesBefore", b.bytes::float8 as "bytesAfter",
      coalesce(a.files, 0)::float8 as "filesBefore", b.files::float8 as "filesAfter"
    from catalog_totals b
    join catalog_folders d on d.repository = ${repository} and d.id = b.folder and d.series = ${series}
    left join catalog_totals a on a.repository = ${repository} and a.folder = b.folder
      and a.first <= ${before.position} and (a.last is null or a.last >= ${before.position})
    where b.repository = ${repository} and b.first <= ${after.position} and (b.last is null or b.last >= ${after.position})
      and b.bytes > coalesce(a.bytes, 0)
    order by b.bytes - coalesce(a.bytes, 0) desc, b.folder limit ${limit}`;
  const paths = await folderPaths(
    sql,
    repository,
    rows.map(({ folder }) => folder),
  );
  return rows.map(({ folder, ...row }) => ({ path: toWire(paths.get(folder) ?? ""), ...row }));
}

const toWire = (path: string) => Buffer.from(path, "latin1").toString("base64");
