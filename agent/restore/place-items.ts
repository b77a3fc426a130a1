import { link, lstat, readdir, rename, rmdir, unlink } from "node:fs/promises";
import type { Existing } from "~/protocol/restore-extras";
import { errorCode } from "../durable-file";
import { nameBeside } from "./name-beside";
import { openBelow, SLASH } from "./pinned-folder";

/** Folders inside one another that are there on both sides; each takes two open files. */
const DEEPEST = 200;

/** What happened to one thing that was to be put in place. Paths are bytes, below the target. */
export interface Placing {
  existing: Existing;
  /** `restored 2026-11-23 14-05` */
  mark: string;
  onReplaced(path: Buffer): void;
  onKeptBoth(path: Buffer, as: Buffer): void;
  onSkipped(path: Buffer, why: string): void;
  signal: AbortSignal;
}

/**
 * Moves what was restored into a private folder to its places below `target`, which may belong to a user who changes it meanwhile: every folder
 * is held open and no link is followed, so nothing is written elsewhere; without leave nothing takes the place of something else. Both are on
 * one file system. May run again after it was cut off: it goes on with what is left. A folder that is there keeps its mode, owner and times.
 */
export async function placeItems(
  stage: Buffer,
  target: Buffer,
  placing: Placing,
  path = NOTHING,
  depth = 0,
): Promise<void> {
  for (const name of await readdir(stage, { encoding: "buffer" })) {
    if (placing.signal.aborted) return;
    const [from, here] = [below(stage, name), path.length === 0 ? name : below(path, name)];
    const found = await lstat(from);
    const into = found.isDirectory() ? await openBelow(target, name) : null;
    if (into === null) {
      await placeOne({ from, target, name, here, isFolder: found.isDirectory() }, placing);
      continue;
    }
    try {
      const inside = depth < DEEPEST ? await openBelow(stage, name) : null;
      if (inside === null) placing.onSkipped(here, "lies too deep to be put in place");
      else
        try {
          await placeItems(inside.path, into.path, placing, here, depth + 1);
        } finally {
          await inside.handle.close();
        }
    } finally {
      await into.handle.close();
    }
    // Not empty when something of it was skipped.
    await rmdir(from).catch(() => undefined);
  }
}

const NOTHING = Buffer.alloc(0);
const below = (folder: Buffer, name: Buffer) => Buffer.concat([folder, SLASH, name]);

interface Thing {
  from: Buffer;
  target: Buffer;
  name: Buffer;
  here: Buffer;
  isFolder: boolean;
}

async function placeOne(thing: Thing, placing: Placing): Promise<void> {
  const { from, target, name, here, isFolder } = thing;
  const to = below(target, name);
  try {
    if (await moveToFreeName(from, to, isFolder)) return;
    if (placing.existing === "only-missing") return placing.onSkipped(here, "is there already");
    if (placing.existing === "overwrite") {
      if (isFolder) await unlink(to);
      await rename(from, to);
      return placing.onReplaced(here);
    }
    for (let attempt = 1; attempt <= 1000; attempt++) {
      const other = nameBeside(name, placing.mark, attempt);
      if (!(await moveToFreeName(from, below(target, other), isFolder))) continue;
      return placing.onKeptBoth(here, other);
    }
    placing.onSkipped(here, "has a thousand copies beside it");
  } catch (error) {
    placing.onSkipped(here, whyNot(error));
  }
}

/** False: something has that name. A file gets its new name before it loses the old one, so that nothing is overwritten, at no moment. */
async function moveToFreeName(from: Buffer, to: Buffer, isFolder: boolean): Promise<boolean> {
  if (!isFolder) {
    try {
      await link(from, to);
      await unlink(from);
      return true;
    } catch (error) {
      const code = errorCode(error);
      if (code === "EEXIST") return false;
      // A file system without hard links.
      if (code !== "EPERM" && code !== "ENOTSUP" && code !== "EMLINK") throw error;
    }
  }
  const taken = await lstat(to).then(
    () => true,
    (error: unknown) => {
      if (errorCode(error) === "ENOENT") return false;
      throw error;
    },
  );
  if (taken) return false;
  // An empty folder that appears in this moment is the only thing that a folder replaces.
  await rename(from, to);
  return true;
}

function whyNot(error: unknown): string {
  const code = errorCode(error);
  if (code === "EISDIR" || code === "ENOTEMPTY") return "a folder is in its place";
  if (code === "EXDEV") return "another file system is mounted in its place";
  if (code === "ENOENT") return "its folder was moved away meanwhile";
  return error instanceof Error ? error.message.replace(/ '.*/s, "") : String(error);
}
