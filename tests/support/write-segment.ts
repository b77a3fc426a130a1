import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { crc32 } from "node:zlib";
import { segmentPath } from "~/borg/segment";

/** An entry of a segment as borg writes it. */
export type Entry =
  | { tag: "put"; id: Buffer; data?: Buffer }
  | { tag: "delete"; id: Buffer }
  | { tag: "commit" };

export const MANIFEST = Buffer.alloc(32);
const TAGS = { put: 0, delete: 1, commit: 2 };

/** One entry with a right checksum. */
export function entryBytes(entry: Entry): Buffer {
  const parts = entry.tag === "commit" ? [] : [entry.id];
  if (entry.tag === "put") parts.push(entry.data ?? Buffer.alloc(0));
  const rest = Buffer.concat([Buffer.alloc(5), ...parts]);
  rest.writeUInt32LE(rest.length + 4, 0);
  rest.writeUInt8(TAGS[entry.tag], 4);
  const crc = Buffer.alloc(4);
  crc.writeUInt32LE(crc32(rest), 0);
  return Buffer.concat([crc, rest]);
}

export function segmentBytes(entries: readonly Entry[]): Buffer {
  return Buffer.concat([Buffer.from("BORG_SEG"), ...entries.map(entryBytes)]);
}

/** Writes a segment where borg would look for it, as code with the rights of the client's account can. */
export function writeSegment(repositoryPath: string, n: number, entries: readonly Entry[]): void {
  const path = segmentPath(repositoryPath, n);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, segmentBytes(entries));
}
