import type { BigIntStats } from "node:fs";
import { lstat, opendir } from "node:fs/promises";
import { type BrowseOrder, type DiskEntry, MOST_ENTRIES } from "~/protocol/looks";
import type { LookContext, TaskEnd } from "../tasks/task";
import { demandLook } from "./demand-look";
import { type Mount, mayHang, readMounts } from "./mounts";
import { openFolder } from "./open-folder";

/** Names read of one folder before the first of them are chosen; more is no folder that a person looks through. */
const MOST_NAMES = 100_000;
const AT_ONCE = 32;

/** One folder of this machine: its entries by name, never what they hold, no link followed. */
export async function browseDisk(order: BrowseOrder, context: LookContext): Promise<TaskEnd> {
  const limits = await demandLook(context.policy, context.folder);
  const asked = Buffer.from(order.path, "base64");
  const mounts = await readMounts();
  const folder = await openFolder(asked, limits, mounts);
  try {
    const names: Buffer[] = [];
    for await (const { name } of await opendir(folder.path, { encoding: "latin1", bufferSize: 256 })) {
      names.push(Buffer.from(name, "latin1"));
      if (names.length >= MOST_NAMES || context.signal.aborted) break;
    }
    if (context.signal.aborted) return { state: "stopped", say: "The folder was not read to its end." };
    names.sort(Buffer.compare);
    const entries: DiskEntry[] = [];
    const distant = distantIn(folder.real, mounts);
    const chosen = names.slice(0, MOST_ENTRIES);
    for (let at = 0; at < chosen.length; at += AT_ONCE) {
      const batch = chosen.slice(at, at + AT_ONCE);
      const found = await Promise.all(
        batch.map(async (name) => {
          if (distant.has(name.toString("utf8"))) return distantEntry(name);
          const stat = await statOf(folder.path, name);
          return stat && !limits.own.is(stat) ? entryOf(name, stat) : null;
        }),
      );
      entries.push(...found.filter((entry) => entry !== null));
    }
    const truncated = names.length > chosen.length;
    return { state: "succeeded", result: { kind: "browse-disk", path: order.path, entries, truncated } };
  } finally {
    await folder.handle.close();
  }
}

/** Names in the folder at which something is mounted that may not answer: looking at them could wait for ever. */
function distantIn(folder: string, mounts: readonly Mount[]): Set<string> {
  const below = folder === "/" ? "/" : `${folder}/`;
  const points = mounts.filter((mount) => mayHang(mount) && mount.point.startsWith(below));
  return new Set(points.map(({ point }) => point.slice(below.length)).filter((name) => !name.includes("/")));
}

function distantEntry(name: Buffer): DiskEntry {
  return { name: name.toString("base64"), type: "directory", bytes: 0, modifiedAt: null, mode: 0 };
}

/** Null: gone since its name was read, or not to be looked at by this account. */
function statOf(folder: string, name: Buffer): Promise<BigIntStats | null> {
  return lstat(Buffer.concat([Buffer.from(`${folder}/`), name]), { bigint: true }).catch(() => null);
}

function entryOf(name: Buffer, stat: BigIntStats): DiskEntry {
  return {
    name: name.toString("base64"),
    type: typeOf(stat),
    bytes: stat.isFile() ? Number(smallerOf(stat.size, BigInt(Number.MAX_SAFE_INTEGER))) : 0,
    modifiedAt: instantOf(stat.mtimeMs),
    mode: Number(stat.mode & 0o7777n),
  };
}

function typeOf(stat: BigIntStats): DiskEntry["type"] {
  if (stat.isDirectory()) return "directory";
  if (stat.isFile()) return "file";
  if (stat.isSymbolicLink()) return "link";
  if (stat.isFIFO()) return "pipe";
  if (stat.isSocket()) return "socket";
  return stat.isBlockDevice() || stat.isCharacterDevice() ? "device" : "other";
}

/** Null for times that no calendar of four-digit years has; a file may claim any. */
function instantOf(ms: bigint): string | null {
  return ms < -62_135_596_800_000n || ms > 253_402_300_799_999n ? null : new Date(Number(ms)).toISOString();
}

function smallerOf(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
