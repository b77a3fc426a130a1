import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";

/**
 * Segment files of borg 1.2 and 1.4 (repository.py, LoggedIO): `BORG_SEG`, then entries. An entry is crc32 u32, size u32 with its
 * header, tag u8, all little-endian; PUT and DELETE go on with a 32-byte id, PUT with the data. A committed transaction ends with a
 * segment that ends with COMMIT.
 */
export const ID_BYTES = 32;
export const TAG_PUT = 0;
export const TAG_DELETE = 1;
export const TAG_COMMIT = 2;

const MAGIC = Buffer.from("BORG_SEG");
const HEADER_BYTES = 9;
const PUT_HEADER_BYTES = HEADER_BYTES + ID_BYTES;
/** The one COMMIT entry there is: crc32 of `09 00 00 00 02`, then these bytes. */
const COMMIT = Buffer.from("40f43c250900000002", "hex");
const COMMIT_CRC = COMMIT.readUInt32LE(0);
/** borg's MAX_OBJECT_SIZE; borg refuses to read longer entries. */
const MAX_ENTRY_BYTES = 20 * 1024 * 1024;
/** borg's index holds offsets in 32 bits. */
const MAX_SEGMENT_BYTES = 2 ** 32;
/** borg's default, which `borg init` writes into the configuration. */
const SEGMENTS_PER_FOLDER = 1000;

const BLOCK_BYTES = 1024 * 1024;
const PAGE_BYTES = 4096;
/** From this size on it is cheaper to read each header by itself than everything between. */
const LARGE_ENTRY_BYTES = 16 * 1024;

/** The manifest's id is 32 zero bytes. `at`: place of the id. */
export function isManifest(view: DataView, at: number): boolean {
  for (let i = 0; i < ID_BYTES; i += 4) if (view.getUint32(at + i) !== 0) return false;
  return true;
}

/** Where segment `n` lies below a repository. */
export function segmentPath(repositoryPath: string, n: number): string {
  return join(repositoryPath, "data", segmentFolder(n), String(n));
}

/** Name of the folder of segment `n` below `data`. */
export function segmentFolder(n: number): string {
  return String(Math.floor(n / SEGMENTS_PER_FOLDER));
}

export type OpenSegment = { fd: number; bytes: number; inode: string };

/**
 * Opens a segment for reading. The client's account can put anything in its place: links are not followed, FIFOs do not block, and
 * what is not a plain file (or may not be read) is `not-a-file`. The caller closes `fd`.
 */
export function openSegment(path: string): OpenSegment | "missing" | "not-a-file" {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code === "ENOENT") return "missing";
    if (["ELOOP", "ENXIO", "ENODEV", "EACCES", "ENOTDIR"].includes(code)) return "not-a-file";
    throw error;
  }
  const found = fstatSync(fd, { bigint: true });
  if (found.isFile()) return { fd, bytes: Number(found.size), inode: String(found.ino) };
  closeSync(fd);
  return "not-a-file";
}

/** Whether the file's last bytes are a COMMIT: true for every segment that borg takes for the end of a transaction. */
export function endsWithCommit({ fd, bytes }: OpenSegment): boolean {
  if (bytes < MAGIC.length + COMMIT.length) return false;
  const end = Buffer.alloc(COMMIT.length);
  return readSync(fd, end, 0, end.length, bytes - end.length) === end.length && end.equals(COMMIT);
}

/**
 * Goes through the entries of segments, reading little more than their headers (so their checksums are not looked at). One cursor
 * serves one segment after the other with one buffer. Sizes and tags are checked strictly; nothing may follow a COMMIT.
 */
export class SegmentCursor {
  readonly window = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  readonly view = new DataView(this.window.buffer);
  /** The entry `next` went to. `idAt` is the place of its id in `window` (PUT and DELETE only). */
  tag = TAG_COMMIT;
  size = 0;
  idAt = 0;
  /** The segment has ended with a COMMIT so far. */
  committed = false;
  /** Where the segment stops to be one; null: nothing is wrong so far. */
  malformedAt: number | null = null;
  /** Grows with every read of the file: long work between two pauses shows in it. */
  reads = 0;
  #fd = -1;
  #end = 0;
  #next = 0;
  #start = 0;
  #length = 0;

  open({ fd, bytes }: OpenSegment): void {
    this.#fd = fd;
    this.#end = bytes;
    this.#next = MAGIC.length;
    this.committed = false;
    this.malformedAt = null;
    const isSegment =
      bytes >= MAGIC.length &&
      bytes <= MAX_SEGMENT_BYTES &&
      this.#fill(0, PAGE_BYTES) &&
      this.window.compare(MAGIC, 0, MAGIC.length, 0, MAGIC.length) === 0;
    if (!isSegment) this.malformedAt = 0;
  }

  /** Goes to the next entry. False: there is none, or what follows is malformed. */
  next(): boolean {
    const at = this.#next;
    if (this.malformedAt !== null || at === this.#end) return false;
    const wanted = Math.min(PUT_HEADER_BYTES, this.#end - at);
    let place = at - this.#start;
    if (place + wanted > this.#length) {
      if (!this.#fill(at, this.size < LARGE_ENTRY_BYTES ? BLOCK_BYTES : PAGE_BYTES)) return this.#malformed();
      if (wanted > this.#length) return this.#malformed();
      place = 0;
    }
    if (wanted < HEADER_BYTES || this.committed) return this.#malformed();
    const size = this.view.getUint32(place + 4, true);
    const tag = this.view.getUint8(place + 8);
    if (size > this.#end - at || !this.#isEntry(tag, size, place)) return this.#malformed();
    this.tag = tag;
    this.size = size;
    this.idAt = place + HEADER_BYTES;
    this.#next = at + size;
    if (tag === TAG_COMMIT) this.committed = true;
    return true;
  }

  #isEntry(tag: number, size: number, place: number): boolean {
    if (tag === TAG_PUT) return size >= PUT_HEADER_BYTES && size <= MAX_ENTRY_BYTES;
    if (tag === TAG_DELETE) return size === PUT_HEADER_BYTES;
    return tag === TAG_COMMIT && size === HEADER_BYTES && this.view.getUint32(place, true) === COMMIT_CRC;
  }

  #malformed(): false {
    this.malformedAt = this.#next;
    return false;
  }

  #fill(at: number, most: number): boolean {
    this.reads++;
    this.#start = at;
    this.#length = readSync(this.#fd, this.window, 0, Math.min(most, this.#end - at), at);
    return this.#length > 0;
  }
}
