import { constants } from "node:fs";
import { open } from "node:fs/promises";

/** borg 1.2 and 1.4's `index.<transaction>` (_hashindex.c): a head, then buckets of id (32), segment u32, offset u32, little-endian. */
const MAGIC = Buffer.from("BORG_IDX");
const HEAD_BYTES = 18;
const BUCKET_BYTES = 40;
const ID_BYTES = 32;
/** In place of the segment: a bucket that was never used ends the search, one whose entry was deleted does not. */
const NEVER_USED = 0xffffffff;
/** The first bucket is the list's own; entries that met there follow. Honest ones are a few. */
const BUCKETS_READ = 4096;

/** Where an index says that the list of archives stands. `none`: there is no index, and borg reads the segments themselves. */
type Shown = number | "none" | "nothing";

/**
 * Whether borg, when it reads through this index, comes to the list of archives (the manifest) that stands in that segment. The index is the
 * client's: one that leads to an older list would show the server archives that the segments do not list any more. True as well when
 * there is none.
 */
export async function indexShowsList(indexPath: string, listSegment: number): Promise<boolean> {
  const shown = await readIndex(indexPath);
  return shown === "none" || shown === listSegment;
}

/** Whether two indexes of the same transaction lead to the same list. Also when one of them is not there. */
export async function indexesAgree(one: string, other: string): Promise<boolean> {
  const [first, second] = [await readIndex(one), await readIndex(other)];
  return first === "none" || second === "none" || first === second;
}

async function readIndex(path: string): Promise<Shown> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (error: NodeJS.ErrnoException): Shown => {
      if (error.code === "ENOENT") return "none";
      if (error.code === "ELOOP" || error.code === "ENXIO") return "nothing";
      throw error;
    },
  );
  if (typeof file !== "object") return file;
  try {
    if (!(await file.stat()).isFile()) return "nothing";
    const bytes = Buffer.alloc(HEAD_BYTES + BUCKETS_READ * BUCKET_BYTES);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    return segmentOfList(bytes.subarray(0, bytesRead)) ?? "nothing";
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
