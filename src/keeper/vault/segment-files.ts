import { closeSync, lstatSync } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { endsWithCommit, openSegment, segmentFolder, segmentPath } from "~/borg/segment";
import { Breather } from "./breather";

/** A segment as the file system shows it, links not followed. 64-bit numbers are decimal text: JSON would round them. */
export type SegmentFile = {
  n: number;
  path: string;
  size: number;
  mtimeNs: string;
  inode: string;
  uid: number;
};

/** Segments by number, in order of number. */
export type SegmentListing = Map<number, SegmentFile>;

/** All segments at the places where borg looks for them, whatever is there. Empty when there is no folder `data`. */
export async function listSegments(repositoryPath: string, signal?: AbortSignal): Promise<SegmentListing> {
  const breather = new Breather(signal);
  const segments: SegmentListing = new Map();
  for (const n of (await readNames(repositoryPath)).numbers) {
    const path = segmentPath(repositoryPath, n);
    const found = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    if (breather.isOverdue()) await breather.rest();
    // A folder that vanished meanwhile: borg's own cleaning up.
    if (!found) continue;
    segments.set(n, {
      ...{ n, path, size: Number(found.size), mtimeNs: String(found.mtimeNs) },
      ...{ inode: String(found.ino), uid: Number(found.uid) },
    });
  }
  return segments;
}

/**
 * The last committed segment: the highest one whose file ends with a COMMIT; -1 when there is none. What borg would take for committed
 * is never missed, so anything at a segment's place that is not a plain file counts as well: a scan up to it finds it malformed.
 */
export async function lastCommit(repositoryPath: string): Promise<number> {
  const breather = new Breather();
  const { numbers } = await readNames(repositoryPath);
  for (const n of numbers.reverse()) {
    if (isMaybeCommitted(segmentPath(repositoryPath, n))) return n;
    if (breather.isOverdue()) await breather.rest();
  }
  return -1;
}

/**
 * Numbers of what looks like a segment to borg (1.2 takes every name of digits in every folder of digits) and is not at a segment's
 * place. borg makes no such names.
 */
export async function findStraySegments(repositoryPath: string): Promise<number[]> {
  return (await readNames(repositoryPath)).strays;
}

function isMaybeCommitted(path: string): boolean {
  const segment = openSegment(path);
  if (typeof segment === "string") return segment === "not-a-file";
  try {
    return endsWithCommit(segment);
  } finally {
    closeSync(segment.fd);
  }
}

const NUMBER = /^(?:0|[1-9][0-9]{0,9})$/;
/** What python's `isdigit` may hold to be a number. */
const LIKE_NUMBER = /^\p{N}+$/u;

async function readNames(repositoryPath: string): Promise<{ numbers: number[]; strays: number[] }> {
  const data = join(repositoryPath, "data");
  const numbers: number[] = [];
  const strays: number[] = [];
  for (const folder of (await readIfFolder(data)) ?? []) {
    if (!LIKE_NUMBER.test(folder)) continue;
    const names = NUMBER.test(folder) ? await readIfFolder(join(data, folder)) : null;
    if (names === null) {
      strays.push(numberOf(folder));
      continue;
    }
    for (const name of names) {
      if (NUMBER.test(name) && segmentFolder(Number(name)) === folder) numbers.push(Number(name));
      else if (LIKE_NUMBER.test(name)) strays.push(numberOf(name));
    }
  }
  const ascending = (a: number, b: number) => a - b;
  return { numbers: numbers.sort(ascending), strays: strays.sort(ascending) };
}

/** Null: there is no such folder, or something else in its place. */
async function readIfFolder(path: string): Promise<string[] | null> {
  try {
    return (await lstat(path)).isDirectory() ? await readdir(path) : null;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

function numberOf(name: string): number {
  const number = Number(name);
  return Number.isSafeInteger(number) ? number : 0;
}
