import { lstat, realpath } from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import { isNoSuchFile } from "./durable-file";

/** Whether `path` is `folder` or lies below it. Both absolute and free of `..` and links (see `realPlace`). */
export function isWithin(folder: string, path: string): boolean {
  const base = folder.replace(/\/+$/, "");
  return path === base || path === folder || path.startsWith(`${base}/`);
}

/**
 * Where a path really is: links resolved, also when its last parts do not exist yet. A `..` part is refused (null), because it
 * means something else before and after a link is followed.
 */
export async function realPlace(path: string): Promise<string | null> {
  if (!path.startsWith("/") || path.includes("\0") || path.split("/").includes("..")) return null;
  let existing = posix.normalize(path);
  const missing: string[] = [];
  for (;;) {
    try {
      return join(await realpath(existing), ...missing);
    } catch (error) {
      if (!isNoSuchFile(error)) return null;
      // A dangling link is no missing folder: whoever makes its target decides where we would write.
      if (await isLink(existing)) return null;
      if (existing === "/") return null;
      missing.unshift(posix.basename(existing));
      existing = dirname(existing);
    }
  }
}

/** Whether the real place of `path` lies in the real place of one of `folders`. */
export async function liesInOneOf(path: string, folders: readonly string[]): Promise<boolean> {
  const place = await realPlace(path);
  if (place === null) return false;
  for (const folder of folders) {
    const base = await realPlace(folder);
    if (base !== null && isWithin(base, place)) return true;
  }
  return false;
}

async function isLink(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isSymbolicLink();
  } catch (error) {
    if (isNoSuchFile(error)) return false;
    throw error;
  }
}
