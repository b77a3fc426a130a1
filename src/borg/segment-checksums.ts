import { crc32 } from "node:zlib";
import { ID_BYTES, TAG_COMMIT, TAG_DELETE, TAG_PUT } from "./segment";

const MAGIC = Buffer.from("BORG_SEG");
/** crc32 u32, size u32, tag u8; the checksum covers everything behind itself (borg 1.2 and 1.4, repository.py). */
const HEADER_BYTES = 9;
const PUT_HEADER_BYTES = HEADER_BYTES + ID_BYTES;
/** borg's MAX_OBJECT_SIZE. */
const MAX_ENTRY_BYTES = 20 * 1024 * 1024;

/** Where and how a segment stops being what borg wrote. `offset`: of the entry in the file. */
export type SegmentFault = { offset: number; what: "malformed" | "checksum" | "cut-short" };

/**
 * Reads a whole segment as it streams by, in pieces of any size, and holds every entry against its checksum. After the last piece
 * `end` says what is wrong; null: every byte is as borg wrote it. Nothing may follow a COMMIT.
 */
export class SegmentChecksums {
  entries = 0;
  #fault: SegmentFault | null = null;
  /** Magic or header, as far as it has come. */
  readonly #head = Buffer.alloc(HEADER_BYTES);
  #have = 0;
  #wanted = MAGIC.length;
  #entryAt = 0;
  #size = 0;
  #tag = TAG_COMMIT;
  #expected = 0;
  #actual = 0;
  /** Bytes of the entry that are still to come. */
  #left = 0;
  #committed = false;

  push(piece: Buffer): void {
    for (let at = 0; at < piece.length && this.#fault === null; ) {
      if (this.#left > 0) {
        const part = piece.subarray(at, at + this.#left);
        this.#actual = crc32(part, this.#actual);
        this.#left -= part.length;
        at += part.length;
        if (this.#left === 0) this.#closeEntry();
        continue;
      }
      const copied = piece.copy(this.#head, this.#have, at, at + this.#wanted - this.#have);
      this.#have += copied;
      at += copied;
      if (this.#have === this.#wanted) this.#readHead();
    }
  }

  end(): SegmentFault | null {
    if (this.#fault !== null) return this.#fault;
    const isWhole = this.#entryAt > 0 && this.#have === 0 && this.#left === 0;
    return isWhole ? null : { offset: this.#entryAt, what: "cut-short" };
  }

  #readHead() {
    this.#have = 0;
    if (this.#entryAt === 0) {
      if (this.#head.compare(MAGIC, 0, MAGIC.length, 0, MAGIC.length) !== 0) return this.#fail("malformed");
      this.#entryAt = MAGIC.length;
      this.#wanted = HEADER_BYTES;
      return;
    }
    this.#expected = this.#head.readUInt32LE(0);
    this.#size = this.#head.readUInt32LE(4);
    this.#tag = this.#head.readUInt8(8);
    if (this.#committed || !isEntry(this.#tag, this.#size)) return this.#fail("malformed");
    this.#actual = crc32(this.#head.subarray(4, HEADER_BYTES));
    this.#left = this.#size - HEADER_BYTES;
    if (this.#left === 0) this.#closeEntry();
  }

  #closeEntry() {
    if (this.#actual !== this.#expected) return this.#fail("checksum");
    this.#committed = this.#tag === TAG_COMMIT;
    this.#entryAt += this.#size;
    this.entries++;
  }

  #fail(what: SegmentFault["what"]) {
    this.#fault = { offset: this.#entryAt, what };
  }
}

function isEntry(tag: number, size: number): boolean {
  if (tag === TAG_PUT) return size >= PUT_HEADER_BYTES && size <= MAX_ENTRY_BYTES;
  if (tag === TAG_DELETE) return size === PUT_HEADER_BYTES;
  return tag === TAG_COMMIT && size === HEADER_BYTES;
}
