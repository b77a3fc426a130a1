import { createHash } from "node:crypto";
import { lstat, opendir } from "node:fs/promises";
import { posix } from "node:path";
import { isWithin } from "../allowed-paths";
import { leavesOut } from "../looks/patterns";
import { type FileState, stateOf } from "./file-state";

/** What decides which files borg takes: only such are drawn. */
export interface Reading {
  /** Absolute, all of them there. */
  sources: readonly string[];
  excludes: readonly string[];
  oneFileSystem: boolean;
  excludeCaches: boolean;
  excludeIfPresent: readonly string[];
  /** The agent's own, which is never read. */
  ownFolder: string;
}

export interface Drawn {
  /** Absolute, as bytes. */
  path: Buffer;
  state: FileState;
}

/** Larger files are not drawn: a backup must not wait for its sample. */
export const MOST_FILE_BYTES = 16n * 1024n * 1024n;
/** So many names of a folder are read; the rest of a larger one is never drawn. */
const MOST_NAMES = 4096;
const TRIES_PER_FILE = 8;
/** Deeper is no tree that people keep. */
const DEEPEST = 200;

/**
 * Draws up to `count` files by seeded descents: from a random source into a random entry, and again, until it is a file. Costs some folders
 * instead of a walk through the tree, and ends at `until`. Its bias: a file in a small folder near the top is drawn more often than one of a
 * large folder far below; empty files, large ones and those beyond the first thousands of names of one folder are not drawn at all.
 */
export async function drawFiles(
  reading: Reading,
  { seed, count, until }: { seed: string; count: number; until: () => boolean },
): Promise<Drawn[]> {
  // What an expression leaves out is known to borg alone, and a file that is not in the archive would look like a lost one.
  if (reading.excludes.some((text) => text.startsWith("re:")) || reading.sources.length === 0) return [];
  const choose = chooser(seed);
  const folders = new Map<string, Promise<Buffer[]>>();
  const drawn = new Map<string, Drawn>();
  for (let at = 0; at < count * TRIES_PER_FILE && drawn.size < count && !until(); at++) {
    const source = reading.sources[choose(reading.sources.length)] ?? "/";
    const found = await descend(Buffer.from(posix.normalize(source)), reading, choose, folders);
    if (found === null || found.state.size === 0n || found.state.size > MOST_FILE_BYTES) continue;
    if (isTaken(found.path, reading)) drawn.set(found.path.toString("latin1"), found);
  }
  return [...drawn.values()];
}

/** Whether borg reads a file below a source, as far as names and folders on the way say; in doubt no. */
export async function isReached(path: string, reading: Reading): Promise<boolean> {
  const tidy = posix.normalize(path);
  const source = reading.sources.find((one) => isWithin(posix.normalize(one), tidy));
  if (source === undefined || !isTaken(Buffer.from(tidy), reading)) return false;
  const top = posix.normalize(source).replace(/\/+$/, "");
  const names = tidy.slice(top.length).split("/").slice(1, -1);
  const dev = (await lstat(top === "" ? "/" : top, { bigint: true }).catch(() => null))?.dev;
  let folder = top;
  for (const name of ["", ...names]) {
    if (name !== "") folder = `${folder}/${name}`;
    const bytes = Buffer.from(folder === "" ? "/" : folder);
    if (folder === tidy) return true;
    const entered = await mayEnter(bytes, dev, reading);
    if (!entered) return false;
  }
  return true;
}

async function descend(
  start: Buffer,
  reading: Reading,
  choose: (below: number) => number,
  folders: Map<string, Promise<Buffer[]>>,
): Promise<Drawn | null> {
  let path = start;
  const top = await lstat(path, { bigint: true }).catch(() => null);
  for (let depth = 0; depth < DEEPEST && top !== null; depth++) {
    const state = await stateOf(path);
    if (state !== null) return { path, state };
    const key = path.toString("latin1");
    const known = folders.get(key) ?? namesOf(path, top.dev, reading);
    folders.set(key, known);
    const names = await known;
    const name = names[choose(names.length)];
    if (name === undefined) return null;
    path = Buffer.concat([path, ...(path.at(-1) === SLASH[0] ? [] : [SLASH]), name]);
  }
  return null;
}

const SLASH = Buffer.from("/");

/** Names of a folder in an order of their own; none where borg does not go in. */
async function namesOf(folder: Buffer, dev: bigint, reading: Reading): Promise<Buffer[]> {
  if (!(await mayEnter(folder, dev, reading))) return [];
  const names: Buffer[] = [];
  try {
    for await (const { name } of await opendir(folder, { encoding: "latin1", bufferSize: 256 })) {
      names.push(Buffer.from(name, "latin1"));
      if (names.length >= MOST_NAMES) break;
    }
  } catch {
    // Gone, or not ours to read: nothing is drawn from it.
    return [];
  }
  return names.sort(Buffer.compare);
}

async function mayEnter(folder: Buffer, dev: bigint | undefined, reading: Reading): Promise<boolean> {
  const found = await lstat(folder, { bigint: true }).catch(() => null);
  if (!found?.isDirectory() || (reading.oneFileSystem && found.dev !== dev)) return false;
  const tags = [...reading.excludeIfPresent, ...(reading.excludeCaches ? ["CACHEDIR.TAG"] : [])];
  for (const tag of tags) {
    const there = await lstat(Buffer.concat([folder, SLASH, Buffer.from(tag)])).catch(() => null);
    if (there !== null) return false;
  }
  return true;
}

/** Whether no exclude names it. A name that is no text is only taken where there are none. */
function isTaken(path: Buffer, { excludes, ownFolder }: Reading): boolean {
  const text = path.toString("utf8");
  if (isWithin(ownFolder, text)) return false;
  if (excludes.length === 0) return true;
  return Buffer.from(text).equals(path) && !leavesOut(excludes, text);
}

/** Numbers below a bound, the same ones for the same seed. */
function chooser(seed: string): (below: number) => number {
  let drawn = 0;
  return (below) => {
    const word = createHash("sha256").update(`${seed} ${drawn++}`).digest();
    return below === 0 ? 0 : word.readUIntBE(0, 6) % below;
  };
}
