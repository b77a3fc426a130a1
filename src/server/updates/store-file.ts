import type { Ctx } from "../context";
import { CHUNK_BYTES, type StoredSoFar, storeChunk } from "./store-chunk";
import { refused } from "./take-in-release";

/**
 * Stores a file of a release from its beginning, from wherever it comes, with one chunk of it in memory. What came of it before is not written
 * again. Refuses what `storeChunk` refuses, and `release-refused` when the bytes end too early or do not end.
 */
export async function storeFile(
  ctx: Ctx,
  { sha256, size }: { sha256: string; size: number },
  pieces: AsyncIterable<Uint8Array>,
): Promise<void> {
  let position = 0;
  let bytes = 0;
  let soFar: StoredSoFar = { chunks: 0, stored: false };
  for await (const chunk of inChunks(pieces)) {
    bytes += chunk.length;
    if (bytes > size) throw refused("One of its files is larger than was signed.");
    soFar = await storeChunk(ctx, { sha256, position, bytes: chunk });
    if (soFar.stored) return;
    position += 1;
  }
  throw refused("One of its files ends before it should.");
}

/** The same bytes, in chunks of one size; only the last is smaller. */
async function* inChunks(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = [];
  let bytes = 0;
  for await (const piece of pieces) {
    waiting.push(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength));
    bytes += piece.byteLength;
    if (bytes < CHUNK_BYTES) continue;
    let joined = Buffer.concat(waiting);
    for (; joined.length >= CHUNK_BYTES; joined = joined.subarray(CHUNK_BYTES))
      yield joined.subarray(0, CHUNK_BYTES);
    waiting = [joined];
    bytes = joined.length;
  }
  if (bytes > 0) yield Buffer.concat(waiting);
}
