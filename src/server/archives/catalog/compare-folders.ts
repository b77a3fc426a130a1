import { createHash } from "node:crypto";
import type postgres from "postgres";
import type { FolderItem, Frame } from "./folder-frames";
import type { OpenRows } from "./open-rows";
import { pathList } from "./path-list";

interface Place {
  id: number;
  /** It was there in some archive before, so names in it may have been, too. */
  known: boolean;
  /** What the folder was in the archive before; null: it was not there. */
  before: { own: string; tree: string } | null;
}

/** Where frames stand in the database. Weak: a frame that is done is forgotten, and its place with it. */
const places = new WeakMap<Frame, Place>();

/**
 * Writes how complete folders differ from the last state of their series, which is read over other connections than the one that writes.
 * Of a folder whose digest is the same no rows are read.
 */
export async function compareFolders(
  sql: postgres.Sql,
  of: { repository: number; series: number },
  frames: readonly Frame[],
  rows: OpenRows,
): Promise<void> {
  await findPlaces(sql, of, frames, rows);
  const changed: { frame: Frame; place: Place }[] = [];
  for (const frame of frames) {
    const place = placeOf(frame);
    const { before } = place;
    if (before?.tree === String(frame.tree)) continue;
    if (before) rows.endTotal(place.id);
    rows.total(place.id, frame);
    if (before?.own !== String(frame.own)) changed.push({ frame, place });
  }
  const known = changed.filter(({ place }) => place.before !== null);
  const before = await readVersions(sql, of.repository, known);
  const gone: { folder: number; name: string }[] = [];
  const returning: { folder: number; name: string }[] = [];
  for (const { frame, place } of changed) {
    const versions = before.get(place.id) ?? new Map<string, Version>();
    for (const item of frame.items) {
      const version = versions.get(item.name);
      if (version && isSame(version, item)) {
        versions.delete(item.name);
        continue;
      }
      rows.version(place.id, item);
      if (!version) {
        if (place.known) returning.push({ folder: place.id, name: item.name });
        else rows.name(place.id, item.name);
      } else {
        rows.end(place.id, item.name);
        versions.delete(item.name);
        if (version.isFolder && !item.isFolder) gone.push({ folder: place.id, name: item.name });
      }
    }
    for (const version of versions.values()) {
      rows.end(place.id, version.name);
      if (version.isFolder) gone.push({ folder: place.id, name: version.name });
    }
    await rows.flushWhenFull();
  }
  for (const { folder, name } of await neverHeld(sql, of.repository, returning)) rows.name(folder, name);
  await rows.endBelow(gone);
  await rows.flushWhenFull();
}

function placeOf(frame: Frame): Place {
  const place = places.get(frame);
  if (!place) throw new Error(`no place is known for a folder of depth ${frame.path.split("/").length}`);
  return place;
}

/** Places of frames and of the folders above them, in one query; new ones get the next numbers. */
async function findPlaces(
  sql: postgres.Sql,
  { repository, series }: { repository: number; series: number },
  frames: readonly Frame[],
  rows: OpenRows,
): Promise<void> {
  const asked = new Map<string, Frame>();
  for (const frame of frames)
    for (let at: Frame | null = frame; at && !places.has(at); at = at.parent) {
      const key = folderKey(series, at.path);
      if (asked.has(key)) break;
      asked.set(key, at);
    }
  const found = await sql<{ id: number; key: string; own: string | null; tree: string | null }[]>`
    select d.id, d.key, t.own::text, t.tree::text
    from catalog_folders d
    left join catalog_totals t on t.repository = ${repository} and t.folder = d.id and t.last is null
    where d.repository = ${repository} and d.key = any(${[...asked.keys()]}::uuid[])`;
  for (const { id, key, own, tree } of found) {
    const frame = asked.get(key);
    if (!frame) continue;
    places.set(frame, { id, known: true, before: own === null || tree === null ? null : { own, tree } });
    asked.delete(key);
  }
  // From the top down: a folder's row names the number of the one above.
  for (const [key, frame] of [...asked].sort(([, a], [, b]) => a.path.length - b.path.length)) {
    const id = rows.takeFolderId();
    places.set(frame, { id, known: false, before: null });
    const parent = frame.parent === null ? null : placeOf(frame.parent).id;
    rows.folder({ id, series, parent, key, name: frame.name });
  }
}

/** How a folder is found by its path: 16 bytes of SHA-256, written as a uuid. Nobody makes two paths with the same. */
export function folderKey(series: number, path: string): string {
  const hex = createHash("sha256").update(`${series}/${path}`, "latin1").digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

interface Version {
  name: string;
  isFolder: boolean;
  kind: number;
  size: number;
  modified: number | null;
  target: string | null;
}

/** The last versions in each of these folders, by folder and name. */
async function readVersions(
  sql: postgres.Sql,
  repository: number,
  folders: readonly { frame: Frame; place: Place }[],
): Promise<Map<number, Map<string, Version>>> {
  const found = new Map<number, Map<string, Version>>();
  if (folders.length === 0) return found;
  const ids = folders.map(({ place }) => place.id);
  const rows = await sql<
    { folder: number; name: Buffer; kind: number; size: number; modified: number | null; isFolder: boolean }[]
  >`
    select f.folder, f.name, f.kind, f.size::float8 as size, f.modified::float8 as modified, k.type = 'd' as "isFolder"
    from catalog_files f join catalog_kinds k on k.repository = ${repository} and k.id = f.kind
    where f.repository = ${repository} and f.folder = any(${ids}::int[]) and f.last is null`;
  const targets = await readTargets(sql, repository, ids);
  for (const { folder, name: bytes, ...rest } of rows) {
    const name = bytes.toString("latin1");
    const inFolder = found.get(folder) ?? new Map<string, Version>();
    found.set(folder, inFolder);
    inFolder.set(name, { name, ...rest, target: targets.get(`${folder}/${name}`) ?? null });
  }
  return found;
}

/** Those that no archive before held: search knows the others already. */
async function neverHeld<Path extends { folder: number; name: string }>(
  sql: postgres.Sql,
  repository: number,
  paths: readonly Path[],
): Promise<Path[]> {
  if (paths.length === 0) return [];
  const rows = await sql<{ at: number }[]>`
    select c.at::int as at
    from ${pathList(sql, paths)} c
    cross join lateral (
      select 1 from catalog_files f
      where f.repository = ${repository} and f.folder = c.folder and f.name = c.name limit 1
    ) f`;
  const held = new Set(rows.map(({ at }) => at - 1));
  return paths.filter((_, at) => !held.has(at));
}

async function readTargets(sql: postgres.Sql, repository: number, ids: number[]) {
  const rows = await sql<{ folder: number; name: Buffer; target: Buffer }[]>`
    select l.folder, l.name, l.target
    from catalog_links l
    join catalog_files f on f.repository = ${repository} and f.folder = l.folder and f.name = l.name and f.first = l.first
    where l.repository = ${repository} and l.folder = any(${ids}::int[]) and f.last is null`;
  return new Map(
    rows.map((row) => [`${row.folder}/${row.name.toString("latin1")}`, row.target.toString("latin1")]),
  );
}

const isSame = (version: Version, item: FolderItem) =>
  version.kind === item.kind &&
  version.size === item.size &&
  version.modified === item.modified &&
  version.target === item.target;
