import {
  chownSync,
  constants,
  copyFileSync,
  lstatSync,
  mkdirSync,
  renameSync,
  rmSync,
  utimesSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { segmentPath } from "~/borg/segment";
import { attemptLink } from "../attempt-link";
import { KeeperRefuses } from "../refusal";
import type { Breather } from "./breather";
import type { SegmentFile, SegmentListing } from "./segment-files";

export type SealedSegment = Pick<SegmentFile, "n" | "size" | "mtimeNs" | "inode">;

/**
 * Gives every sealed segment a name in a folder that is being made: from the vault, or where that holds none, from the old folder, if
 * the one there is still the sealed one. May run twice. Refuses when one is nowhere.
 */
export async function linkSealed(
  given: { stage: string; vault: string; segments: readonly SealedSegment[]; old: SegmentListing },
  breather: Breather,
): Promise<void> {
  const folders = new Set<string>();
  for (const sealed of given.segments) {
    const target = segmentPath(given.stage, sealed.n);
    if (!folders.has(dirname(target))) {
      mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
      folders.add(dirname(target));
    }
    const vaulted = join(given.vault, String(sealed.n));
    const found = given.old.get(sealed.n);
    if (isSealed(target, sealed)) continue;
    rmSync(target, { force: true });
    if (isVaulted(vaulted, sealed)) linkOrCopy(vaulted, target);
    else if (found?.inode === sealed.inode && isSealed(found.path, sealed)) linkOrMove(found.path, target);
    else
      throw new KeeperRefuses(
        "not-allowed",
        `Segment ${sealed.n} of that state is lost: this storage has no second name of it, so it cannot be rolled back to.`,
      );
    if (breather.isOverdue()) await breather.rest();
  }
}

/** Only the keeper writes in the vault: a copy that shares its blocks has an inode and a time of its own, and came there whole. */
function isVaulted(path: string, sealed: SealedSegment): boolean {
  const found = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  if (found?.isFile() !== true || Number(found.size) !== sealed.size) return false;
  return String(found.ino) !== sealed.inode || String(found.mtimeNs) === sealed.mtimeNs;
}

/** Only the keeper writes in the new folder as well, so there size and time tell enough; a copy has another inode. */
function isSealed(path: string, sealed: SealedSegment): boolean {
  const found = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return (
    found?.isFile() === true && Number(found.size) === sealed.size && String(found.mtimeNs) === sealed.mtimeNs
  );
}

function linkOrCopy(source: string, target: string) {
  if (attemptLink(source, target)) return;
  const found = lstatSync(source);
  copyFileSync(source, target, constants.COPYFILE_FICLONE);
  chownSync(target, found.uid, found.gid);
  utimesSync(target, found.atime, found.mtime);
}

function linkOrMove(source: string, target: string) {
  if (!attemptLink(source, target)) renameSync(source, target);
}
