import { type BigIntStats, lstatSync } from "node:fs";
import type { ArchiveItem } from "~/borg/archive-items";

/** What stands in the place of an item: nothing, something, or a link or file in the place of a folder on the way. */
export type There = BigIntStats | "nothing" | "behind-a-link";

/**
 * Looks what is in the places that an archive's items would take, below `folder`, without following a link. Synchronous, because it is asked
 * a million times in borg's order: folders that it came through are remembered as long as the next item lies in them.
 */
export function lookAtTarget(folder: string): (path: string) => There {
  const base = Buffer.from(folder);
  let way: { path: string; plain: boolean }[] = [];
  const stat = (path: string) =>
    lstatSync(Buffer.concat([base, Buffer.from(`/${path}`, "latin1")]), {
      bigint: true,
      throwIfNoEntry: false,
    });

  /** "nothing" once a part of the way is missing: then nothing is below it. */
  const walk = (parent: string): "folder" | "nothing" | "behind-a-link" => {
    const parts = parent === "" ? [] : parent.split("/");
    let [known, path] = [0, ""];
    way = way.filter((step) => parent === step.path || parent.startsWith(`${step.path}/`));
    known = way.length;
    path = way.at(-1)?.path ?? "";
    if (way.at(-1)?.plain === false) return "behind-a-link";
    for (const part of parts.slice(known)) {
      path = path === "" ? part : `${path}/${part}`;
      const found = stat(path);
      if (found === undefined) return "nothing";
      way.push({ path, plain: found.isDirectory() });
      if (!found.isDirectory()) return "behind-a-link";
    }
    return "folder";
  };

  return (path) => {
    const cut = path.lastIndexOf("/");
    const parent = walk(cut < 0 ? "" : path.slice(0, cut));
    if (parent !== "folder") return parent;
    return stat(path) ?? "nothing";
  };
}

/** Whether a file is on disk as the archive holds it. borg sets the time last of all, so a half-written one has another. */
export function isWhole(item: ArchiveItem, there: There): boolean {
  if (typeof there === "string" || !there.isFile() || item.type !== "-" || item.modified === null)
    return false;
  // borg prints microseconds by way of a floating number.
  const apart = Number(there.mtimeNs / 1000n) - item.modified;
  return there.size === BigInt(item.size) && Math.abs(apart) <= 2;
}
