import { lstatSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/**
 * What root runs must be root's. Says which file or folder an account other than root could change, looking at everything below the
 * given paths and at every folder above them. Plain JavaScript, because it also guards the first start, before anything is built.
 */
export function findUntrusted(paths) {
  const above = new Set();
  for (const path of paths) {
    for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
      above.add(folder);
      if (folder === dirname(folder)) break;
    }
  }
  // In a sticky folder such as /tmp only the owner can replace an entry, so it may be writable for all.
  for (const folder of above) {
    const found = look(folder, (stat) => (stat.mode & 0o1000) !== 0);
    if (found) return found;
  }
  for (const path of paths) {
    const found = lookBelow(resolve(path));
    if (found) return found;
  }
  return null;
}

function lookBelow(path) {
  const found = look(path, () => false);
  if (found) return found;
  if (!lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) return null;
  for (const name of readdirSync(path)) {
    const below = lookBelow(join(path, name));
    if (below) return below;
  }
  return null;
}

function look(path, mayBeWritable) {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat) return null;
  if (stat.uid !== 0) return { path, why: `belongs to account number ${stat.uid}` };
  if (stat.isSymbolicLink() || mayBeWritable(stat)) return null;
  if (stat.mode & 0o002) return { path, why: "can be changed by every account" };
  if (stat.mode & 0o020 && stat.gid !== 0) return { path, why: `can be changed by group number ${stat.gid}` };
  return null;
}
