import { createHash } from "node:crypto";
import type { ArchiveItem } from "~/borg/archive-items";

/** A direct child of a folder. Names and targets are binary strings, `kind` is a number of catalog_kinds. */
export interface FolderItem {
  name: string;
  isFolder: boolean;
  /** Counts in sizes: further names of a hard link and links do not. */
  isFile: boolean;
  kind: number;
  size: number;
  modified: number | null;
  target: string | null;
}

/** A folder of the archive that is being read. What is below it counts into `bytes` and `files`. */
export interface Frame {
  readonly path: string;
  readonly name: string;
  readonly parent: Frame | null;
  /** Sorted by the bytes of their names, each name once, when the folder is complete. */
  items: FolderItem[];
  bytes: number;
  files: number;
  /** Digests, when complete: of the direct items, and of everything below. */
  own: bigint;
  tree: bigint;
  /** Kept open to the end of the archive: it, or a folder below it, is not stored itself, so anything may still come. */
  pinned: boolean;
  readonly children: { name: string; tree: bigint }[];
}

/** The stream comes back to a folder that was complete, or holds too many open: it must be sorted first. */
export class NotInOrder extends Error {}

/** Items in folders that are kept open because they are not stored; beyond it the archive is sorted first. */
const MOST_PINNED_ITEMS = 200_000;

/**
 * Puts items into their folders as they come. borg walks depth first, so a folder is complete when the walk leaves it; siblings come in any
 * order (by inode). Folders above a source are not stored: they stay open, because a later source may lie in them, and get an item of their
 * own so that the tree has no holes. Memory: what lies directly in the folders on the way down, and a number for each folder.
 */
export function folderFrames(kindOf: (item: ArchiveItem) => number, given: { sorted: boolean }) {
  const top = newFrame("", "", null);
  top.pinned = true;
  const open = new Map<string, Frame>([["", top]]);
  const seen = new Set<number>();
  let current = top;
  let pinnedItems = 0;
  let ready: Frame[] = [];

  const complete = (frame: Frame) => {
    const mark = createHash("sha256").update(frame.path, "latin1").digest().readUIntBE(0, 6);
    if (seen.has(mark)) throw new NotInOrder(frame.path);
    seen.add(mark);
    open.delete(frame.path);
    finishFrame(frame);
    if (frame.parent) {
      frame.parent.bytes += frame.bytes;
      frame.parent.files += frame.files;
      frame.parent.children.push({ name: frame.name, tree: frame.tree });
    }
    ready.push(frame);
  };
  const openFrame = (path: string, parent: Frame, stored: boolean): Frame => {
    const there = open.get(path);
    if (there) return there;
    const frame = newFrame(path, path.slice(parent.path === "" ? 0 : parent.path.length + 1), parent);
    open.set(path, frame);
    if (!stored) {
      parent.items.push(unstoredItem(frame.name, kindOf));
      if (!given.sorted)
        for (let up: Frame | null = frame; up && !up.pinned; up = up.parent) up.pinned = true;
    }
    return frame;
  };
  const enter = (folder: string): Frame => {
    while (!isWithin(folder, current.path)) {
      if (!current.pinned) complete(current);
      current = current.parent ?? top;
    }
    while (current.path !== folder) {
      const from = current.path === "" ? 0 : current.path.length + 1;
      const cut = folder.indexOf("/", from);
      current = openFrame(cut < 0 ? folder : folder.slice(0, cut), current, false);
    }
    return current;
  };

  return {
    add(item: ArchiveItem) {
      if (item.path === "") return;
      const cut = item.path.lastIndexOf("/");
      const frame = enter(cut < 0 ? "" : item.path.slice(0, cut));
      const isFolder = item.type === "d";
      frame.items.push({
        name: item.path.slice(cut + 1),
        isFolder,
        isFile: item.type === "-",
        kind: kindOf(item),
        size: item.size,
        modified: item.modified,
        target: item.target,
      });
      if (frame.pinned && !given.sorted && ++pinnedItems > MOST_PINNED_ITEMS) throw new NotInOrder();
      if (isFolder) current = openFrame(item.path, frame, true);
    },
    /** No more items: completes what is open, the deepest first. */
    finish() {
      const left = [...open.values()].sort((a, b) => depthOf(b) - depthOf(a));
      for (const frame of left) complete(frame);
    },
    /** The folders that were completed since the last call, none before one below it. */
    take(): Frame[] {
      const taken = ready;
      ready = [];
      return taken;
    },
  };
}

function newFrame(path: string, name: string, parent: Frame | null): Frame {
  return {
    path,
    name,
    parent,
    items: [],
    bytes: 0,
    files: 0,
    own: 0n,
    tree: 0n,
    pinned: false,
    children: [],
  };
}

function unstoredItem(name: string, kindOf: (item: ArchiveItem) => number): FolderItem {
  const kind = kindOf({
    ...{ path: name, type: "d", mode: "", owner: "", group: "" },
    ...{ size: 0, modified: null, target: null },
  });
  return { name, isFolder: true, isFile: false, kind, size: 0, modified: null, target: null };
}

const isWithin = (folder: string, above: string) =>
  above === "" || folder === above || (folder.startsWith(above) && folder[above.length] === "/");

const depthOf = (frame: Frame) => (frame.path === "" ? 0 : frame.path.split("/").length);

function finishFrame(frame: Frame) {
  sortItems(frame);
  const lines: string[] = [];
  for (const { name, kind, size, modified, target, isFolder, isFile } of frame.items) {
    lines.push(`${name}\0${size},${modified},${kind},${target ?? ""}`);
    if (isFile) frame.bytes += size;
    if (!isFolder) frame.files++;
  }
  const digest = createHash("sha256").update(lines.join("\n"), "latin1");
  frame.own = digest.digest().readBigInt64BE();
  frame.children.sort((a, b) => order(a.name, b.name));
  const below = frame.children.map((child) => `${child.name}\0${child.tree}\n`).join("");
  frame.tree = createHash("sha256").update(`${frame.own}\n${below}`, "latin1").digest().readBigInt64BE();
}

/** By the bytes of the names, each name once. A folder of a walk comes mostly in some other order, never twice. */
function sortItems(frame: Frame) {
  frame.items.sort((a, b) => order(a.name, b.name));
  if (!frame.items.some((item, at) => item.name === frame.items[at + 1]?.name)) return;
  frame.items = frame.items.filter((item, at) => {
    const next = frame.items[at + 1];
    if (next?.name !== item.name) return true;
    // The same path twice (sources that overlap): the later one is what a restore leaves, but a folder's place must stay one.
    if (item.isFolder && !next.isFolder) frame.items[at + 1] = item;
    return false;
  });
}

const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
