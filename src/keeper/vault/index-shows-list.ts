import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";

/** borg 1.2 and 1.4's `index.<transaction>` (_hashindex.c): a head, then buckets of id (32), segment u32, offset u32, little-endian. */
const MAGIC = Buffer.from("BORG_IDX");
const HEAD_BYTES = 18;
const BUCKET_BYTES = 40;
const ID_BYTES = 32;
/** In place of the segment: a bucket that was never used ends the search, one whose entry was deleted does not. */
const NEVER_USED = 0xffffffff;
/** The first bucket is the list's own; entries that met there follow. Honest ones are a few. */
const BUCKETS_READ = 4096;

/**
 * Whether borg, when it reads through the index of this transaction, comes to the list of archives (the manifest) that stands in that
 * segment. The index is the client's: one that leads to an older list would show the server archives that the segments do not list any
 * more. True as well when there is none: then borg reads the segments themselves.
 */
export async function indexShowsList(
  repositoryPath: string,
  transaction: number,
  listSegment: number,
): Promise<boolean> {
  const file = await open(
    join(repositoryPath, `index.${transaction}`),
    constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
  ).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    if (error.code === "ELOOP" || error.code === "ENXIO") return undefined;
    throw error;
  });
  if (file === null) return true;
  if (file === undefined) return false;
  try {
    if (!(await file.stat()).isFile()) return false;
    const bytes = Buffer.alloc(HEAD_BYTES + BUCKETS_READ * BUCKET_BYTES);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    return segmentOfList(bytes.subarray(0, bytesRead)) === listSegment;
  } finally {
    await file.close();
  }
}

/** Null: it does not know the list. The list's id is all zeros, so the search begins at the first bucket. */
function segmentOfList(index: Buffer): number | null {
  if (index.length < HEAD_BYTES || !index.subarray(0, MAGIC.length).equals(MAGIC)) return null;
  if (index[16] !== ID_BYTES || index[17] !== BUCKET_BYTES - ID_BYTES) return null;
  for (let at = HEAD_BYTES; at + BUCKET_BYTES <= index.length; at += BUCKET_BYTES) {
    const segment = index.readUInt32LE(at + ID_BYTES);
    if (segment === NEVER_USED) return null;
    const isList = index.subarray(at, at + ID_BYTES).every((byte) => byte === 0);
    if (isList && segment < NEVER_USED - 1) return segment;
  }
  return null;
}
