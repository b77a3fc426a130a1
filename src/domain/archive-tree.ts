import { type ArchivePath, isBelow, joinPath } from "./archive-path";

/** What is known of one folder that is open: its entries so far, and whether more may be asked for. */
export interface TreeFolder<Entry> {
  entries: readonly Entry[];
  state: "reading" | "failed" | "more" | "complete";
}

/** A line of the tree. `level` counts from 1; lines that are no entries stand where the rest of a folder will. */
export type TreeRow<Entry> =
  | { kind: "entry"; path: ArchivePath; level: number; entry: Entry; isOpen: boolean }
  | { kind: "reading" | "failed" | "more" | "empty"; path: ArchivePath; level: number };

/**
 * The tree below `root` as lines, an open folder's entries below it. Nothing of the root itself: an empty list is an empty root, and its state
 * is told elsewhere, but for a last line that stands for more.
 */
export function treeRows<Entry extends { name: string; type: string }>(
  root: ArchivePath,
  folders: ReadonlyMap<ArchivePath, TreeFolder<Entry>>,
): TreeRow<Entry>[] {
  const rows: TreeRow<Entry>[] = [];
  const add = (path: ArchivePath, level: number) => {
    const folder = folders.get(path);
    if (!folder) return;
    for (const entry of folder.entries) {
      const child = joinPath(path, entry.name);
      const isOpen = entry.type === "directory" && folders.has(child);
      rows.push({ kind: "entry", path: child, level, entry, isOpen });
      if (isOpen) add(child, level + 1);
    }
    const isEmpty = folder.state === "complete" && folder.entries.length === 0;
    if (folder.state === "more") rows.push({ kind: "more", path, level });
    else if (level > 1 && folder.state !== "complete") rows.push({ kind: folder.state, path, level });
    else if (level > 1 && isEmpty) rows.push({ kind: "empty", path, level });
  };
  add(root, 1);
  return rows;
}

/** Opens or closes a folder of the tree; closing one closes what is open below it. */
export function toggleOpen(open: readonly ArchivePath[], path: ArchivePath): ArchivePath[] {
  return open.includes(path) ? open.filter((one) => one !== path && !isBelow(one, path)) : [...open, path];
}
