import type postgres from "postgres";
import type { ArchivePlace } from "../catalog/archive-place";
import { childPath, folderPaths } from "../catalog/folder-paths";
import { heldAt } from "../catalog/held-at";
import { differingFolders, ownOf } from "./differing-folders";
import { foldPaths } from "./fold-paths";

/** Paths that are collected before they are folded into folders. */
const MOST_COLLECTED = 50_000;
/** Paths in one part of a restore. */
const MOST_PATHS = 5000;

/**
 * What the newest clean archive holds that came or changed after a suspicious run, and that the run did not touch: a version that began in a
 * clean backup, of a path of which no version began in or ended before a suspicious one; new folders whole. Paths are binary strings. When there are many,
 * whole folders stand for what is below them, where the run touched nothing: restored over the last clean archive they give the same.
 */
export async function cleanPathsSince(
  sql: postgres.Sql,
  given: { suspicious: readonly ArchivePlace[]; newest: ArchivePlace },
): Promise<{ paths: string[]; leftOut: number }> {
  const { suspicious, newest } = given;
  const [first] = suspicious;
  if (!first || newest.position <= first.position) return { paths: [], leftOut: 0 };
  const touched = new Set<number>();
  for (const place of suspicious) {
    const before = { ...place, position: place.position - 1 };
    for await (const folders of differingFolders(sql, { before, after: place }))
      for (const { id } of folders) touched.add(id);
  }
  const found: { folder: number; name: string; isFolder: boolean }[] = [];
  let leftOut = 0;
  for await (const folders of differingFolders(sql, { before: first, after: newest })) {
    const own = ownOf(folders);
    if (found.length >= MOST_COLLECTED) {
      leftOut += await countCleanIn(sql, given, own);
      continue;
    }
    for (const row of await cleanIn(sql, given, own)) found.push(row);
  }
  const ids = [...found.map(({ folder }) => folder), ...touched];
  const paths = await folderPaths(sql, newest.repository, ids);
  const touchedPaths = new Set([...touched].map((id) => paths.get(id) ?? ""));
  const whole = found.map(({ folder, name, isFolder }) => ({
    path: childPath(paths.get(folder) ?? "", name),
    isFolder,
  }));
  const folded = foldPaths(withoutInside(whole, touchedPaths), { most: MOST_PATHS, touched: touchedPaths });
  return { paths: folded.paths, leftOut: leftOut + folded.leftOut };
}

/** A new folder that no run touched stands for itself and all below it: restored alone its files would lie in a folder of no mode or owner. */
function withoutInside(
  found: readonly { path: string; isFolder: boolean }[],
  touched: ReadonlySet<string>,
): string[] {
  const folders = new Set(
    found.filter(({ path, isFolder }) => isFolder && !touched.has(path)).map(({ path }) => path),
  );
  const isInside = (path: string) => {
    for (let cut = path.lastIndexOf("/"); cut > 0; cut = path.lastIndexOf("/", cut - 1))
      if (folders.has(path.slice(0, cut))) return true;
    return false;
  };
  return found
    .filter(({ path, isFolder }) => (!isFolder || folders.has(path)) && !isInside(path))
    .map(({ path }) => path);
}

function cleanVersions(
  sql: postgres.Sql,
  { suspicious, newest }: { suspicious: readonly ArchivePlace[]; newest: ArchivePlace },
  folders: readonly number[],
) {
  const { repository } = newest;
  const positions = suspicious.map(({ position }) => position);
  const first = Math.min(...positions);
  return sql`
    from catalog_files f
    join catalog_kinds k on k.repository = ${repository} and k.id = f.kind
    where f.repository = ${repository} and f.folder = any(${[...folders]}::int[])
      and ${heldAt(sql, "f", newest.position)} and f.first > ${first} and f.first <> all(${positions}::int[])
      and (k.type <> 'd' or not exists (
        select from catalog_files e
        where e.repository = ${repository} and e.folder = f.folder and e.name = f.name and e.first <= ${first}))
      and not exists (
        select from catalog_files v
        where v.repository = ${repository} and v.folder = f.folder and v.name = f.name
          and (v.first = any(${positions}::int[]) or v.last = any(${positions.map((one) => one - 1)}::int[])))`;
}

async function cleanIn(
  sql: postgres.Sql,
  given: { suspicious: readonly ArchivePlace[]; newest: ArchivePlace },
  folders: readonly number[],
): Promise<{ folder: number; name: string; isFolder: boolean }[]> {
  const rows = await sql<{ folder: number; name: Buffer; isFolder: boolean }[]>`
    select f.folder, f.name, k.type = 'd' as "isFolder" ${cleanVersions(sql, given, folders)} order by f.folder, f.name limit ${MOST_COLLECTED}`;
  return rows.map(({ name, ...row }) => ({ ...row, name: name.toString("latin1") }));
}

async function countCleanIn(
  sql: postgres.Sql,
  given: { suspicious: readonly ArchivePlace[]; newest: ArchivePlace },
  folders: readonly number[],
): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select (count(*) filter (where k.type <> 'd'))::float8 as count ${cleanVersions(sql, given, folders)}`;
  return row?.count ?? 0;
}
