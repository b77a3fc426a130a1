import { realpath, stat } from "node:fs/promises";
import { dirname } from "node:path";

/** The first file or folder on the way to one of `paths` that someone other than root may change; null when there is none. */
export async function looseFile(paths: readonly string[]): Promise<string | null> {
  for (const given of paths) {
    let path = await realpath(given);
    for (;;) {
      const found = await stat(path);
      const sticky = found.isDirectory() && (found.mode & 0o1000) !== 0;
      if (found.uid !== 0 || ((found.mode & 0o022) !== 0 && !sticky)) return path;
      const parent = dirname(path);
      if (parent === path) break;
      path = parent;
    }
  }
  return null;
}
