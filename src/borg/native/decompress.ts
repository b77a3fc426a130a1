import { inflateSync } from "node:zlib";
import { decompress as decodeZstd } from "fzstd";
import { decodeLz4 } from "./lz4-block";
import { NotUnderstood } from "./not-understood";

/** borg's MAX_DATA_SIZE: it stores no longer object, compressed or not. */
export const MOST_OBJECT_BYTES = 20_971_479;
const FIRST_SCRATCH_BYTES = 1024 * 1024;

/** zstd's frame: magic, then a byte that says which fields follow. */
const ZSTD_MAGIC = 0xfd2fb528;
const ZSTD_SINGLE_SEGMENT = 0x20;
/** Dictionaries and what is reserved. */
const ZSTD_UNKNOWN = 0x0b;

export type Decompress = (stored: Buffer) => Buffer;

/**
 * Undoes borg's compression (compress.pyx): none, lz4, zstd or zlib, told apart by the first two bytes. Refuses lzma, obfuscated sizes and
 * whatever would be longer than borg stores. What it answers is only valid until the next call.
 */
export function decompressor(): Decompress {
  let scratch = Buffer.alloc(0);
  const reserve = (bytes: number) => {
    if (scratch.length < bytes) scratch = Buffer.allocUnsafeSlow(Math.max(bytes, FIRST_SCRATCH_BYTES));
    return scratch;
  };
  const lz4 = (block: Buffer): Buffer => {
    for (;;) {
      const length = decodeLz4(block, reserve(1));
      if (length !== null) return scratch.subarray(0, length);
      if (scratch.length >= MOST_OBJECT_BYTES) throw tooLong();
      reserve(Math.min(scratch.length * 4, MOST_OBJECT_BYTES));
    }
  };
  const zstd = (frame: Buffer): Buffer => {
    const length = zstdLength(frame);
    const out = reserve(length).subarray(0, length);
    decodeZstd(frame, out);
    return out;
  };
  return (stored) => {
    if (stored.length < 2) throw new NotUnderstood("an object is too short to be one");
    const kind = stored.readUInt16BE(0);
    try {
      if (kind === 0x0000) return stored.subarray(2);
      if (kind === 0x0100) return lz4(stored.subarray(2));
      if (kind === 0x0300) return zstd(stored.subarray(2));
      // zlib has no mark of borg's, but its own: deflate, and a checksum of both bytes.
      if (kind % 31 === 0 && ((kind >> 8) & 0x0f) === 8)
        return inflateSync(stored, { maxOutputLength: MOST_OBJECT_BYTES });
    } catch (error) {
      if (error instanceof NotUnderstood) throw error;
      throw new NotUnderstood(
        `a compressed object is broken: ${error instanceof Error ? error.message : ""}`,
      );
    }
    throw new NotUnderstood(`the compression ${kind.toString(16).padStart(4, "0")} is not read here`);
  };
}

/** What a zstd frame says that it holds. borg's always say it. */
function zstdLength(frame: Buffer): number {
  if (frame.length < 9 || frame.readUInt32LE(0) !== ZSTD_MAGIC) throw new NotUnderstood("no zstd frame");
  const fields = frame.readUInt8(4);
  if ((fields & ZSTD_UNKNOWN) !== 0)
    throw new NotUnderstood("a zstd frame with fields that borg does not write");
  const isSingle = (fields & ZSTD_SINGLE_SEGMENT) !== 0;
  const at = isSingle ? 5 : 6;
  const bytes = [isSingle ? 1 : 0, 2, 4, 8][fields >> 6] ?? 0;
  if (bytes === 0) throw new NotUnderstood("a zstd frame that does not tell its length");
  const length =
    bytes === 8 ? Number(frame.readBigUInt64LE(at)) : frame.readUIntLE(at, bytes) + (bytes === 2 ? 256 : 0);
  if (length > MOST_OBJECT_BYTES) throw tooLong();
  return length;
}

const tooLong = () => new NotUnderstood("an object is longer than borg stores");
