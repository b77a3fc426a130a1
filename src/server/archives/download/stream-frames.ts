import type { Readable } from "node:stream";

/**
 * What the worker says to a web replica once it is let in: frames of a type, a length (32 bits, big-endian) and so many bytes. `head` comes
 * first or `failure` does; only `end` makes a stream complete. `alive` says that borg is still reading.
 */
export const FRAME = { head: 1, data: 2, end: 3, failure: 4, alive: 5 } as const;
export type FrameType = (typeof FRAME)[keyof typeof FRAME];

/** The one byte that the web sends back when the browser's response has taken everything. */
export const TAKEN = 0x06;

const HEADER_BYTES = 5;
/** Of frames that are not data. */
const MOST_WORD_BYTES = 16 * 1024;

/** The header of a frame; its bytes follow. */
export function frameHeader(type: FrameType, bytes: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header[0] = type;
  header.writeUInt32BE(bytes, 1);
  return header;
}

export interface Frame {
  type: number;
  /** Of `data`: as much as has come, in its order. Of the others: all of it. */
  bytes: Buffer;
}

/** Takes frames apart as they come, no faster than they are used. Ends where the stream ends, in the middle of a frame too. */
export async function* readFrames(stream: Readable): AsyncGenerator<Frame> {
  let rest: Buffer = Buffer.alloc(0);
  let left = 0;
  for await (const given of stream) {
    rest = rest.length === 0 ? given : Buffer.concat([rest, given]);
    while (rest.length > 0) {
      if (left > 0) {
        const bytes = rest.subarray(0, left);
        left -= bytes.length;
        rest = rest.subarray(bytes.length);
        yield { type: FRAME.data, bytes };
        continue;
      }
      if (rest.length < HEADER_BYTES) break;
      const type = rest[0] ?? 0;
      const length = rest.readUInt32BE(1);
      if (type === FRAME.data) {
        left = length;
        rest = rest.subarray(HEADER_BYTES);
        continue;
      }
      if (length > MOST_WORD_BYTES) throw new Error("a frame of a download is too long");
      if (rest.length < HEADER_BYTES + length) break;
      yield { type, bytes: rest.subarray(HEADER_BYTES, HEADER_BYTES + length) };
      rest = rest.subarray(HEADER_BYTES + length);
    }
  }
}
