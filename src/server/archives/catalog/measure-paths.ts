import type postgres from "postgres";
import type { ArchivePlace } from "./archive-place";
import { folderKey } from "./compare-folders";
import { heldAt } from "./held-at";

/** Bytes and files of some paths (binary strings) of an archive, folders with all below them. */
export async function measurePaths(
  sql: postgres.Sql,
  { repository, series, position }: ArchivePlace,
  paths: readonly string[],
): Promise<{ bytes: number; files: number }> {
  const parts = paths.map((path) => {
    const cut = path.lastIndexOf("/");
    return { above: cut < 0 ? "" : path.slice(0, cut), name: path.slice(cut + 1) };
  });
  const [sum] = await sql<{ bytes: number; files: number }[]>`
    with given as (
      select * from unnest(
        ${paths.map((path) => folderKey(series, path))}::uuid[],
        ${parts.map(({ above }) => folderKey(series, above))}::uuid[],
        ${parts.map(({ name }) => Buffer.from(name, "latin1").toString("hex"))}::text[]
      ) as g(own, above, name)
    ), measured as (
      select t.bytes, t.files
      from given g
      join catalog_folders d on d.repository = ${repository} and d.key = g.own
      join catalog_totals t on t.repository = ${repository} and t.folder = d.id and ${heldAt(sql, "t", position)}
      union all
      select case when k.type = '-' then f.size else 0 end, 1
      from given g
      join catalog_folders d on d.repository = ${repository} and d.key = g.above
      join catalog_files f on f.repository = ${repository} and f.folder = d.id and f.name = decode(g.name, 'hex') and ${heldAt(sql, "f", position)}
      join catalog_kinds k on k.repository = ${repository} and k.id = f.kind and k.type <> 'd'
    )
    select coalesce(sum(bytes), 0)::float8 as bytes, coalesce(sum(files), 0)::float8 as files from measured`;
  return sum ?? { bytes: 0, files: 0 };
}
