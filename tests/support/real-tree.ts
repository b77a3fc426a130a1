import { existsSync, lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";

export interface RealTree {
  /** Directories of this machine, together at least as big as asked for. */
  sources: string[];
  files: number;
  bytes: number;
}

/** The measure of a real tree. */
const LEAST = { files: 20_000, bytes: 1_000_000_000 };

/**
 * Picks directories below /usr (and node_modules, where /usr is small), as they are, until there are at least 20,000 files and 1 GB. Whatever one of them alone would double
 * the size is left out, so that the test takes the same time on every machine.
 */
export function findRealTree(): RealTree {
  const tree: RealTree = { sources: [], files: 0, bytes: 0 };
  const candidates = [
    "/usr/share/doc",
    "/usr/bin",
    "/usr/sbin",
    "/usr/include",
    ...below("/usr/lib"),
    ...below("/usr/share"),
    // A minimal Debian's /usr is smaller than the measure; what npm installed is as real.
    ...below(join(process.cwd(), "node_modules")),
  ];
  for (const folder of candidates) {
    if (tree.sources.includes(folder) || !existsSync(folder)) continue;
    const { files, bytes, linked } = measure(folder);
    // npm links a program to a second place, which would be another source or none.
    if (linked > 0 && !folder.startsWith("/usr/")) continue;
    const enough = { files: tree.files >= LEAST.files, bytes: tree.bytes >= LEAST.bytes };
    if (enough.files && enough.bytes) break;
    if (bytes > LEAST.bytes / 2 || (enough.bytes && bytes > LEAST.bytes / 20)) continue;
    tree.sources.push(folder);
    tree.files += files;
    tree.bytes += bytes;
  }
  if (tree.files < LEAST.files || tree.bytes < LEAST.bytes)
    throw new Error(`/usr and node_modules hold only ${tree.files} files and ${tree.bytes} bytes that fit`);
  return tree;
}

function below(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name))
    .sort();
}

/** Files and bytes of a folder, and how many of the files have a second name; links not followed. */
export function measure(folder: string): { files: number; bytes: number; linked: number } {
  const found = { files: 0, bytes: 0, linked: 0 };
  for (const entry of readdirSync(folder, { withFileTypes: true, encoding: "buffer" })) {
    const path = Buffer.concat([Buffer.from(folder), Buffer.from("/"), entry.name]).toString();
    if (entry.isDirectory()) {
      const inner = measure(path);
      found.files += inner.files;
      found.bytes += inner.bytes;
      found.linked += inner.linked;
    } else if (entry.isFile()) {
      found.files++;
      const { size, nlink } = lstatSync(path);
      found.bytes += size;
      if (nlink > 1) found.linked++;
    }
  }
  return found;
}
