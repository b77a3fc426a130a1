import { closeSync, readSync } from "node:fs";
import { crc32 } from "node:zlib";
import { ID_BYTES, type OpenSegment, openSegment, segmentPath, TAG_PUT } from "../segment";
import { NotUnderstood } from "./not-understood";
import { ObjectIndex } from "./object-index";

/** crc32 u32, size u32, tag u8, id; the checksum covers everything behind itself. */
const CHECKED_FROM = 4;
const ID_FROM = 9;
const HEADER_BYTES = ID_FROM + ID_BYTES;
/** borg's MAX_OBJECT_SIZE, with the header. */
const MOST_ENTRY_BYTES = 20 * 1024 * 1024;
const FIRST_BUFFER_BYTES = 1024 * 1024;
/** Most objects are no longer, and come with one read. */
const AT_ONCE = 256 * 1024;
const MOST_OPEN_SEGMENTS = 32;

/**
 * Reads stored objects by id, as borg wrote them into the segments. The entry must be of this id and its checksum right; what its bytes are
 * worth is for the caller to check. To be closed.
 */
export class StoredObjects {
  readonly #path: string;
  readonly #index: ObjectIndex;
  readonly #open = new Map<number, OpenSegment>();
  #buffer = Buffer.allocUnsafeSlow(FIRST_BUFFER_BYTES);

  constructor(repositoryPath: string) {
    this.#path = repositoryPath;
    this.#index = new ObjectIndex(repositoryPath);
  }

  /** Valid until the next call. */
  read(id: Buffer): Buffer {
    const { segment: n, offset } = this.#index.find(id);
    const segment = this.#segment(n);
    const at = this.#fill(segment, offset, 0, AT_ONCE);
    if (at < HEADER_BYTES) throw wrong(n, offset);
    const size = this.#buffer.readUInt32LE(4);
    const isWanted =
      size >= HEADER_BYTES &&
      size <= MOST_ENTRY_BYTES &&
      size <= segment.bytes - offset &&
      this.#buffer[8] === TAG_PUT &&
      id.compare(this.#buffer, ID_FROM, HEADER_BYTES) === 0;
    if (!isWanted) throw wrong(n, offset);
    if (size > at && this.#fill(segment, offset, at, size) !== size) throw wrong(n, offset);
    if (crc32(this.#buffer.subarray(CHECKED_FROM, size)) !== this.#buffer.readUInt32LE(0))
      throw wrong(n, offset);
    return this.#buffer.subarray(HEADER_BYTES, size);
  }

  close(): void {
    this.#index.close();
    for (const { fd } of this.#open.values()) closeSync(fd);
    this.#open.clear();
  }

  /** Reads up to the `until`th byte from `offset` on into the buffer that holds `have` of them. Answers how many it holds. */
  #fill(segment: OpenSegment, offset: number, have: number, until: number): number {
    if (this.#buffer.length < until) {
      const longer = Buffer.allocUnsafeSlow(Math.min(MOST_ENTRY_BYTES, until * 2));
      this.#buffer.copy(longer, 0, 0, have);
      this.#buffer = longer;
    }
    let filled = have;
    while (filled < until) {
      const read = readSync(segment.fd, this.#buffer, filled, until - filled, offset + filled);
      if (read === 0) break;
      filled += read;
    }
    return filled;
  }

  #segment(n: number): OpenSegment {
    const known = this.#open.get(n);
    if (known) return known;
    for (const [oldest, { fd }] of this.#open) {
      if (this.#open.size < MOST_OPEN_SEGMENTS) break;
      closeSync(fd);
      this.#open.delete(oldest);
    }
    const opened = openSegment(segmentPath(this.#path, n));
    if (typeof opened === "string") throw new NotUnderstood(`segment ${n} is not there to be read`);
    this.#open.set(n, opened);
    return opened;
  }
}

const wrong = (segment: number, offset: number) =>
  new NotUnderstood(`the index leads to a wrong place in segment ${segment}, at ${offset}`);
