import type { Socket } from "node:net";
import { FRAME_HEADER_BYTES } from "./contract";

/** So much may wait for the verb; then the caller does. */
const MOST_WAITING_BYTES = 4 * 1024 * 1024;
const LARGEST_FRAME_BYTES = 16 * 1024 * 1024;

/**
 * What a caller sends behind its request, as contract.ts frames it. Nothing is kept for a verb that does not ask for it: the socket is
 * simply read no further than `MOST_WAITING_BYTES`.
 */
export function incomingFrames(socket: Socket): {
  push(piece: Buffer): void;
  receive(): AsyncGenerator<Buffer>;
} {
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let wake: () => void = () => undefined;
  let gone = false;
  socket.once("close", () => {
    gone = true;
    wake();
  });

  /** So many bytes; throws when the caller went away before. */
  async function take(bytes: number): Promise<Buffer> {
    while (waitingBytes < bytes) {
      if (gone) throw new Error("the caller went away before its part was whole");
      const more = new Promise<void>((resolve) => {
        wake = resolve;
      });
      socket.resume();
      await more;
    }
    const first = waiting[0];
    const all = first && first.length >= bytes ? first : Buffer.concat(waiting);
    waiting = all === first ? [all.subarray(bytes), ...waiting.slice(1)] : [all.subarray(bytes)];
    waitingBytes -= bytes;
    return all.subarray(0, bytes);
  }

  return {
    push(piece) {
      waiting.push(piece);
      waitingBytes += piece.length;
      if (waitingBytes > MOST_WAITING_BYTES) socket.pause();
      wake();
    },
    async *receive() {
      for (;;) {
        const length = (await take(FRAME_HEADER_BYTES)).readUInt32BE(1);
        if (length > LARGEST_FRAME_BYTES) throw new Error("a frame is too long");
        if (length === 0) return;
        yield await take(length);
      }
    },
  };
}
