import type { ArchiveItem } from "~/borg/archive-items";
import { archivePlace } from "~/server/archives/catalog/archive-place";
import { type CatalogEntry, findFolder, listEntries } from "~/server/archives/catalog/list-entries";
import { catalogSql } from "~/server/catalog-pool";
import type { SeededRandom } from "./seeded-random";

/** A tree as an archive holds it: items by path (binary strings). */
export type Tree = Map<string, ArchiveItem>;

const NAMES = [
  ...["README", "readme", "a", "b", "notes.txt", "Übung.TXT", "photo.JPG", "photo.jpg", "100%_sure", "x\\y"],
  ...["tab\there", "line\nbreak", "caf\u00e9", "cafe\u0301", "\u0001", "\u0002"],
].map((name) => Buffer.from(name, "utf8").toString("latin1"));
/** Bytes that are no UTF-8. */
const ODD_NAMES = ["\xff\xfe", "r\xe9sum\xe9.doc", "\x80"];

function item(random: SeededRandom, path: string, type: string): ArchiveItem {
  return {
    ...{
      path,
      type,
      mode: random.pick(["rw-r--r--", "rwxr-xr-x"]),
      owner: random.pick(["root", "www\xe4"]),
      group: "adm",
    },
    size: type === "-" ? Math.floor(random.next() * 5000) : 0,
    modified: random.next() < 0.05 ? null : 1_790_000_000_000_000 + Math.floor(random.next() * 1e12),
    target: type === "l" || type === "h" ? random.pick(["../elsewhere", "\xff\xfe", "etc/hosts"]) : null,
  };
}

/** The tree some time later: things added, changed, removed, folders that become files and files that become folders. */
export function later(random: SeededRandom, before: Tree, changes: number): Tree {
  const tree = new Map(before);
  for (let n = 0; n < changes; n++) {
    const folders = ["", ...[...tree.values()].filter((one) => one.type === "d").map((one) => one.path)];
    const roll = random.next();
    if (roll < 0.7 || tree.size === 0) {
      const folder = random.pick(folders);
      const name =
        random.next() < 0.2 ? random.pick(ODD_NAMES) : `${random.pick(NAMES)}${random.next() < 0.6 ? n : ""}`;
      const path = folder === "" ? name : `${folder}/${name}`;
      remove(tree, path);
      tree.set(path, item(random, path, random.pick(["-", "-", "-", "d", "d", "l", "h", "p"])));
    } else {
      const path = random.pick([...tree.keys()]);
      const there = tree.get(path);
      if (there && roll < 0.9) tree.set(path, item(random, path, there.type));
      else remove(tree, path);
    }
  }
  return tree;
}

function remove(tree: Tree, path: string) {
  for (const other of [...tree.keys()])
    if (other === path || other.startsWith(`${path}/`)) tree.delete(other);
}

/** As borg walks it: depth first, siblings in any order. In pieces. `shuffled`: in no order at all. */
export async function* asStream(random: SeededRandom, tree: Tree, given: { shuffled?: boolean } = {}) {
  const children = new Map<string, ArchiveItem[]>();
  for (const one of tree.values()) {
    const cut = one.path.lastIndexOf("/");
    const folder = cut < 0 ? "" : one.path.slice(0, cut);
    children.set(folder, [...(children.get(folder) ?? []), one]);
  }
  const all: ArchiveItem[] = [];
  const walk = (folder: string) => {
    for (const one of shuffle(random, children.get(folder) ?? [])) {
      all.push(one);
      if (one.type === "d") walk(one.path);
    }
  };
  walk("");
  const items = given.shuffled ? shuffle(random, all) : all;
  for (let at = 0; at < items.length; at += 7) yield items.slice(at, at + 7);
}

function shuffle<T>(random: SeededRandom, of: readonly T[]): T[] {
  return of
    .map((one) => ({ one, by: random.next() }))
    .sort((a, b) => a.by - b.by)
    .map(({ one }) => one);
}

/** Everything that the catalog says an archive holds, by path, read folder by folder, a few entries at a time. */
export async function readBack(archiveId: string): Promise<Map<string, CatalogEntry>> {
  const sql = catalogSql();
  const place = await archivePlace(sql, archiveId);
  if (!place) throw new Error(`the catalog does not hold ${archiveId}`);
  const found = new Map<string, CatalogEntry>();
  const walk = async (path: string) => {
    const folder = await findFolder(sql, place, path);
    if (folder === null) throw new Error(`the catalog does not hold the folder ${path}`);
    for (let offset = 0; ; offset += 50) {
      const entries = await listEntries(sql, place, {
        folder,
        order: "name",
        reversed: false,
        offset,
        limit: 50,
      });
      for (const entry of entries) {
        const name = Buffer.from(entry.name, "base64").toString("latin1");
        const child = path === "" ? name : `${path}/${name}`;
        if (found.has(child)) throw new Error(`${child} stands there twice`);
        found.set(child, entry);
        if (entry.type === "directory") await walk(child);
      }
      if (entries.length < 50) return;
    }
  };
  await walk("");
  return found;
}

/** What {@link readBack} must say of a tree: one line a path; folders with what is below them. */
export function linesOf(tree: Tree): string[] {
  return [...tree.values()]
    .map((one) => {
      const below = [...tree.values()].filter((other) => other.path.startsWith(`${one.path}/`));
      const isFolder = one.type === "d";
      const bytes = isFolder
        ? below.reduce((sum, other) => sum + (other.type === "-" ? other.size : 0), 0)
        : one.size;
      const files = isFolder ? below.filter((other) => other.type !== "d").length : null;
      const modified = one.modified === null ? null : new Date(Math.floor(one.modified / 1000)).toISOString();
      const target = one.target === null ? null : Buffer.from(one.target, "latin1").toString("utf8");
      const owner = Buffer.from(one.owner, "latin1").toString("utf8");
      return JSON.stringify([one.path, one.mode, owner, bytes, files, modified, target]);
    })
    .sort();
}

export function linesRead(read: Map<string, CatalogEntry>): string[] {
  return [...read]
    .map(([path, one]) =>
      JSON.stringify([
        path,
        one.mode.slice(1),
        one.user,
        one.bytes,
        one.files,
        one.modifiedAt,
        one.linkTarget,
      ]),
    )
    .sort();
}
