import type postgres from "postgres";
import type { ArchivePlace } from "./archive-place";
import { folderKey } from "./compare-folders";
import { heldAt } from "./held-at";
import { type CatalogEntry, listEntries } from "./list-entries";

export interface Located {
  /** The folder itself, or the nearest one above that the archive holds (binary string); `""` is the top. */
  folder: string;
  /** What else than a folder stands at the path. */
  entry: CatalogEntry | null;
  /** Nothing of the archive stands at the path. */
  missing: boolean;
}

/** What an archive holds at a path (binary string). Two statements, whatever the depth. */
export async function locatePath(sql: postgres.Sql, place: ArchivePlace, path: string): Promise<Located> {
  const names = path === "" ? [] : path.split("/");
  const trail = names.map((_, at) => names.slice(0, at + 1).join("/"));
  const keys = new Map(["", ...trail].map((folder) => [folderKey(place.series, folder), folder]));
  const held = await sql<{ id: number; key: string }[]>`
    select d.id, d.key from catalog_folders d
    join catalog_totals t on t.repository = ${place.repository} and t.folder = d.id and ${heldAt(sql, "t", place.position)}
    where d.repository = ${place.repository} and d.key = any(${[...keys.keys()]}::uuid[])`;
  const nearest = held
    .map(({ id, key }) => ({ id, path: keys.get(key) ?? "" }))
    .reduce((deepest, one) => (one.path.length > deepest.path.length ? one : deepest), { id: 0, path: "" });
  if (nearest.path === path) return { folder: path, entry: null, missing: false };
  const name = names.at(-1) ?? "";
  const above = names.slice(0, -1).join("/");
  const [entry = null] =
    nearest.path === above && nearest.id !== 0
      ? await listEntries(sql, place, {
          ...{ folder: nearest.id, name, order: "name", reversed: false, offset: 0, limit: 1 },
        })
      : [];
  return { folder: nearest.path, entry, missing: entry === null };
}
