import type { Stats } from "node:fs";
import { posix } from "node:path";
import { type DryRunResult, MOST_SAMPLES } from "~/protocol/looks";
import { encode } from "./left-out";

/** A hard-linked file's bytes are stored once; after so many the rest counts each time. */
const MOST_LINKED = 1_000_000;
/** A folder of which one folder in it makes up more than this says nothing that the inner one does not say better. */
const NEARLY_ALL = 0.9;

type Folder = { bytes: number; files: number; largestInner: number };

/** Adds up what a backup would take. borg prints a folder after all that is in it, so only the open ones are kept. */
export function includedSum() {
  const total = { files: 0, directories: 0, bytes: 0 };
  const linked = new Set<string>();
  const open = new Map<string, Folder>();
  const folders = largest<{ path: string; bytes: number; files: number }>();
  const files = largest<{ path: string; bytes: number }>();
  const openFolder = (path: string): Folder => {
    const known = open.get(path);
    if (known) return known;
    const folder = { bytes: 0, files: 0, largestInner: 0 };
    open.set(path, folder);
    return folder;
  };
  const bytesOf = (stat: Stats): number => {
    if (!stat.isFile()) return 0;
    if (stat.nlink > 1 && linked.size < MOST_LINKED) {
      const key = `${stat.dev}:${stat.ino}`;
      if (linked.has(key)) return 0;
      linked.add(key);
    }
    return Math.min(stat.size, Number.MAX_SAFE_INTEGER);
  };
  return {
    total,
    /** A file of any kind; null: it could not be looked at, and counts without bytes. Returns the bytes it adds. */
    file(path: string, stat: Stats | null): number {
      const bytes = stat ? bytesOf(stat) : 0;
      total.files++;
      total.bytes += bytes;
      const folder = openFolder(posix.dirname(path));
      folder.files++;
      folder.bytes += bytes;
      files.add({ path, bytes });
      return bytes;
    },
    folder(path: string): void {
      total.directories++;
      const folder = openFolder(path);
      open.delete(path);
      if (folder.largestInner <= folder.bytes * NEARLY_ALL) {
        folders.add({ path, bytes: folder.bytes, files: folder.files });
      }
      if (path === "/") return;
      const parent = openFolder(posix.dirname(path));
      parent.bytes += folder.bytes;
      parent.files += folder.files;
      parent.largestInner = Math.max(parent.largestInner, folder.bytes);
    },
    result(): Pick<DryRunResult, "included" | "largestFolders" | "largestFiles"> {
      return {
        included: { ...total },
        largestFolders: folders.list().map((folder) => ({ ...folder, path: encode(folder.path) })),
        largestFiles: files.list().map((file) => ({ ...file, path: encode(file.path) })),
      };
    },
  };
}

/** Keeps the largest of what it is given, largest first. */
function largest<Item extends { bytes: number }>() {
  const kept: Item[] = [];
  return {
    add(item: Item): void {
      if (item.bytes === 0 || item.bytes <= (kept[MOST_SAMPLES - 1]?.bytes ?? -1)) return;
      const at = kept.findIndex((other) => other.bytes < item.bytes);
      kept.splice(at < 0 ? kept.length : at, 0, item);
      if (kept.length > MOST_SAMPLES) kept.pop();
    },
    list: () => kept,
  };
}
