/**
 * Follows borg's own messages to the client only far enough to know where one ends, so that replies of ours go between two of them. All
 * bytes go on as they come. What is not msgpack (a last word of a dying Python) goes on too; then there is no place for us any more.
 */
export class ReplyStream {
  /** Values that the message under way still has, and bytes of the value under way. Both 0: between two messages. */
  #valuesLeft = 0;
  #bytesLeft = 0;
  /** A value's first bytes when they are cut. */
  #cut: Buffer = Buffer.alloc(0);
  #isLost = false;
  readonly #waiting: Buffer[] = [];
  #watched: { pieces: Buffer[]; bytes: number; tell: (message: Buffer | null) => void } | null = null;

  /** Bytes of replies that wait for the end of a message. */
  get waitingBytes(): number {
    return this.#waiting.reduce((sum, reply) => sum + reply.length, 0);
  }

  /** Puts in a reply; gives back what goes to the client now. */
  insert(reply: Buffer): Buffer[] {
    if (!this.#isLost && this.#isBetween()) return [reply];
    this.#waiting.push(reply);
    return [];
  }

  /** Tells the next message that borg sends, once it is whole; null when it is too long or none. Call between two messages only. */
  watchNext(tell: (message: Buffer | null) => void): void {
    this.#watched = { pieces: [], bytes: 0, tell };
  }

  push(chunk: Buffer): Buffer[] {
    if (this.#isLost) return [chunk];
    const out: Buffer[] = [];
    let from = 0;
    for (let at = 0; at < chunk.length; ) {
      const started = at;
      at = this.#follow(chunk, started);
      this.#watch(chunk.subarray(started, at));
      if (this.#waiting.length === 0 || this.#isLost || !this.#isBetween()) continue;
      out.push(chunk.subarray(from, at), ...this.#waiting.splice(0));
      from = at;
    }
    if (from < chunk.length) out.push(from === 0 ? chunk : chunk.subarray(from));
    return out;
  }

  #isBetween(): boolean {
    return this.#valuesLeft === 0 && this.#bytesLeft === 0;
  }

  #watch(piece: Buffer) {
    const watched = this.#watched;
    if (!watched) return;
    watched.pieces.push(piece);
    watched.bytes += piece.length;
    const isUnfit = this.#isLost || watched.bytes > WATCHED_BYTES;
    if (!this.#isBetween() && !isUnfit) return;
    this.#watched = null;
    watched.tell(isUnfit ? null : Buffer.concat(watched.pieces));
  }

  /** Goes on to the end of the message or of the chunk, whichever comes first. */
  #follow(chunk: Buffer, from: number): number {
    if (this.#isBetween()) this.#valuesLeft = 1;
    let at = from;
    while (at < chunk.length && !this.#isBetween()) {
      if (this.#bytesLeft > 0) {
        const here = Math.min(this.#bytesLeft, chunk.length - at);
        this.#bytesLeft -= here;
        at += here;
      } else {
        at += this.#takeValue(chunk, at) ?? chunk.length - at;
      }
    }
    return at;
  }

  /** Reads one value's type and length. Null: it is cut by the chunk's end, or no msgpack. */
  #takeValue(chunk: Buffer, at: number): number | null {
    const carried = this.#cut.length;
    const [head, start] =
      carried > 0 ? [Buffer.concat([this.#cut, chunk.subarray(at, at + 5)]), 0] : [chunk, at];
    const type = head[start] ?? 0;
    const shape = shapeOf(type);
    if (shape === null) {
      this.#isLost = true;
      return null;
    }
    if (start + 1 + shape.lengthBytes > head.length) {
      this.#cut = Buffer.from(head.subarray(start));
      return null;
    }
    this.#cut = Buffer.alloc(0);
    const length = shape.lengthBytes > 0 ? head.readUIntBE(start + 1, shape.lengthBytes) : shape.length;
    this.#valuesLeft += length * shape.values - 1;
    this.#bytesLeft = (shape.values === 0 ? length : 0) + shape.extra;
    return 1 + shape.lengthBytes - carried;
  }
}

/** borg answers `open` with 32 bytes, or with an exception and its traceback. */
const WATCHED_BYTES = 256 * 1024;

/**
 * How a type byte goes on: a length within it or in so many bytes after it, which counts values (1 per entry, 2 in a map) or bytes (0);
 * `extra` bytes in any case. Null: msgpack has no such type.
 */
type Shape = { lengthBytes: number; length: number; values: 0 | 1 | 2; extra: number };
const SHAPES: readonly (Shape | null)[] = Array.from({ length: 256 }, (_, type): Shape | null => {
  const shape = (lengthBytes: number, length: number, values: 0 | 1 | 2, extra = 0): Shape => ({
    ...{ lengthBytes, length, values, extra },
  });
  if (type <= 0x7f || type >= 0xe0) return shape(0, 0, 0);
  if (type <= 0x8f) return shape(0, type & 0x0f, 2);
  if (type <= 0x9f) return shape(0, type & 0x0f, 1);
  if (type <= 0xbf) return shape(0, type & 0x1f, 0);
  if (type === 0xc1) return null;
  if (type <= 0xc3) return shape(0, 0, 0);
  if (type <= 0xc6) return shape(1 << (type - 0xc4), 0, 0);
  if (type <= 0xc9) return shape(1 << (type - 0xc7), 0, 0, 1);
  if (type <= 0xcb) return shape(0, 4 << (type - 0xca), 0);
  if (type <= 0xcf) return shape(0, 1 << (type - 0xcc), 0);
  if (type <= 0xd3) return shape(0, 1 << (type - 0xd0), 0);
  if (type <= 0xd8) return shape(0, (1 << (type - 0xd4)) + 1, 0);
  if (type <= 0xdb) return shape(1 << (type - 0xd9), 0, 0);
  if (type <= 0xdd) return shape(2 << (type - 0xdc), 0, 1);
  return shape(2 << (type - 0xde), 0, 2);
});
const shapeOf = (type: number) => SHAPES[type] ?? null;
