import type postgres from "postgres";

/** Paths (binary strings) of folders by their numbers. */
export async function folderPaths(
  sql: postgres.Sql,
  repository: number,
  folders: readonly number[],
): Promise<Map<number, string>> {
  const rows = await sql<{ id: number; parent: number | null; name: Buffer }[]>`
    with recursive above as (
      select d.id, d.parent, d.name from catalog_folders d
      where d.repository = ${repository} and d.id = any(${[...new Set(folders)]}::int[])
      union
      select d.id, d.parent, d.name from above join catalog_folders d on d.repository = ${repository} and d.id = above.parent
    ) select id, parent, name from above`;
  const known = new Map(rows.map((row) => [row.id, row]));
  const paths = new Map<number, string>();
  const pathOf = (id: number): string => {
    const there = paths.get(id);
    if (there !== undefined) return there;
    const row = known.get(id);
    const path =
      !row || row.parent === null ? "" : childPath(pathOf(row.parent), row.name.toString("latin1"));
    paths.set(id, path);
    return path;
  };
  return new Map(folders.map((id) => [id, pathOf(id)]));
}

/** Binary strings. */
export function childPath(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}
