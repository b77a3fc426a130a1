import { NotUnderstood } from "./not-understood";

/** A match is at least so long. */
const LEAST_MATCH = 4;

/**
 * Decodes one LZ4 block (lz4_Block_format.md) into `out` and answers its length; null when `out` is too short. The block does not tell its
 * length, and nothing is believed: neither lengths nor distances reach out of the buffers.
 */
export function decodeLz4(block: Uint8Array, out: Uint8Array): number | null {
  let from = 0;
  let to = 0;
  while (from < block.length) {
    const token = block[from++] ?? 0;
    let literals = token >>> 4;
    if (literals === 15) {
      let more = 255;
      while (more === 255) {
        if (from >= block.length) throw broken();
        more = block[from++] ?? 0;
        literals += more;
      }
    }
    if (literals > block.length - from) throw broken();
    if (literals > out.length - to) return null;
    if (literals > 32) {
      out.set(block.subarray(from, from + literals), to);
      from += literals;
      to += literals;
    } else for (const until = to + literals; to < until; ) out[to++] = block[from++] ?? 0;
    // The last sequence is literals only.
    if (from === block.length) return to;
    if (block.length - from < 2) throw broken();
    const distance = (block[from] ?? 0) | ((block[from + 1] ?? 0) << 8);
    from += 2;
    if (distance === 0 || distance > to) throw broken();
    let length = token & 15;
    if (length === 15) {
      let more = 255;
      while (more === 255) {
        if (from >= block.length) throw broken();
        more = block[from++] ?? 0;
        length += more;
      }
    }
    length += LEAST_MATCH;
    if (length > out.length - to) return null;
    if (distance >= length && length > 32) {
      out.copyWithin(to, to - distance, to - distance + length);
      to += length;
    } else for (const until = to + length; to < until; to++) out[to] = out[to - distance] ?? 0;
  }
  throw broken();
}

const broken = () => new NotUnderstood("a compressed object (lz4) is broken");
