import { createHash } from "node:crypto";
import { constants, type Stats } from "node:fs";
import { lstat, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { readEncryption, type StoredEncryption } from "~/borg/manifest-type";
import { segmentFolder } from "~/borg/segment";
import { KeeperRefuses } from "../refusal";
import { lastCommit, listSegments, type SegmentFile } from "../vault/segment-files";
import { type ForeignConfig, readForeignConfig } from "./foreign-config";

/** borg's is some hundred bytes, with a key less than 2 KB. */
const LONGEST_CONFIG_BYTES = 64 * 1024;
/** Segments that are looked into for the newest manifest: each transaction ends with one, and is at most a few segments behind. */
const LOOKED_INTO = 200;
const HEAD_BYTES = 4096;

const TOP = /^(?:config|README|nonce|(?:index|hints|integrity)\.\d{1,10})$/;
const NUMBER = /^(?:0|[1-9][0-9]{0,9})$/;

/** A folder in which everything is as borg leaves it behind. */
export type ExaminedFolder = {
  path: string;
  config: ForeignConfig;
  encryption: StoredEncryption;
  /** Those of committed transactions, in order; what follows is an aborted session's and not taken. */
  segments: SegmentFile[];
  uncommitted: number;
  bytes: number;
  /** Of names, sizes, times and configuration: whether it is still the same. */
  fingerprint: string;
  device: number;
  inode: number;
};

/**
 * Looks at a folder that somebody else made, without following a link or leaving its file system, and refuses `not-allowed` in words for the
 * first thing that no borg makes: links, devices, files with several names or setuid, other names, a lock. Reads nothing but the
 * configuration and the beginnings of a few segments.
 */
export async function examineFolder(path: string): Promise<ExaminedFolder> {
  const root = await lstat(path);
  if (!root.isDirectory()) throw odd("it is no folder");
  const demand = async (way: string[], kind: "file" | "folder") => {
    const found = await lstat(join(path, ...way));
    const name = show(way.join("/"));
    if (found.dev !== root.dev) throw odd(`${name} lies on another file system`);
    if (kind === "folder" ? !found.isDirectory() : !found.isFile()) throw odd(`${name} is ${nameOf(found)}`);
    if (kind === "file") demandPlain(found, name);
  };
  for (const name of await readdir(path)) {
    if (name === "lost+found") continue;
    if (/^lock\./.test(name))
      throw new KeeperRefuses(
        "not-allowed",
        "It is locked: a borg is using it, or one was cut off. End it and run borg break-lock there. Nothing was taken.",
      );
    if (name !== "data" && !TOP.test(name)) throw odd(`borg makes no ${show(name)} there`);
    await demand([name], name === "data" ? "folder" : "file");
  }
  await demandSegments(path, demand);
  const config = readForeignConfig(await readConfig(join(path, "config")));
  const through = await lastCommit(path);
  const all = [...(await listSegments(path)).values()];
  const segments = all.filter(({ n }) => n <= through);
  const encryption = segments.length === 0 ? null : await findEncryption(segments);
  if (encryption === null) throw odd("there is no list of archives in it that borg has committed");
  const listed = segments.map(({ n, size, mtimeNs }) => [n, size, mtimeNs]);
  return {
    ...{ path, config, encryption, segments, uncommitted: all.length - segments.length },
    bytes: segments.reduce((sum, { size }) => sum + size, 0),
    fingerprint: createHash("sha256")
      .update(JSON.stringify([config.sha256, listed]))
      .digest("hex"),
    ...{ device: root.dev, inode: root.ino },
  };
}

async function demandSegments(
  path: string,
  demand: (way: string[], kind: "file" | "folder") => Promise<void>,
): Promise<void> {
  for (const folder of await readdir(join(path, "data"))) {
    if (!NUMBER.test(folder)) throw odd(`borg makes no ${show(`data/${folder}`)}`);
    await demand(["data", folder], "folder");
    for (const name of await readdir(join(path, "data", folder))) {
      if (!NUMBER.test(name) || segmentFolder(Number(name)) !== folder)
        throw odd(`borg makes no ${show(`data/${folder}/${name}`)}`);
      await demand(["data", folder, name], "file");
    }
  }
}

/** A second name would stay outside, with whoever has it; setuid is nothing that a segment needs. */
export function demandPlain(found: Stats, name: string): void {
  if (found.nlink !== 1) throw odd(`${name} has a second name somewhere`);
  if ((found.mode & 0o6000) !== 0) throw odd(`${name} is setuid or setgid`);
}

async function readConfig(path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") throw odd("there is no config in it");
      throw error;
    },
  );
  try {
    const found = await file.stat();
    if (!found.isFile() || found.size > LONGEST_CONFIG_BYTES) throw odd("its config is too long");
    const bytes = Buffer.alloc(found.size);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    return bytes.toString("latin1", 0, bytesRead);
  } finally {
    await file.close();
  }
}

/** The mode of the newest manifest in the last of these; null: none is there. */
export async function findEncryption(segments: readonly SegmentFile[]): Promise<StoredEncryption | null> {
  for (const { path } of segments.slice(-LOOKED_INTO).reverse()) {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const head = Buffer.alloc(HEAD_BYTES);
      const { bytesRead } = await file.read(head, 0, HEAD_BYTES, 0);
      const found = readEncryption(head.subarray(0, bytesRead));
      if (found !== null) return found;
    } finally {
      await file.close();
    }
  }
  return null;
}

function nameOf(found: Stats): string {
  if (found.isSymbolicLink()) return "a symbolic link";
  if (found.isDirectory()) return "a folder";
  if (found.isFile()) return "a file";
  return "a device, a pipe or a socket";
}

/** A name that somebody else chose, for a sentence. */
const show = (name: string) => JSON.stringify(name.length > 60 ? `${name.slice(0, 60)}…` : name);

const odd = (why: string) =>
  new KeeperRefuses("not-allowed", `This is not a repository as borg leaves it: ${why}. Nothing was taken.`);
