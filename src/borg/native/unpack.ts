import { NotUnderstood } from "./not-understood";

/** Thrown where the bytes end inside a value: more may follow. One object for all, because nobody asks where it was. */
export const OUT_OF_DATA = new NotUnderstood("it ends in the middle of a value");

/** Maps within maps: borg nests two deep. */
const DEEPEST = 8;

export type Unpacked = null | boolean | number | Buffer | readonly Unpacked[] | ReadonlyMap<string, Unpacked>;

/**
 * Reads msgpack as borg writes it: the old form, in which every text is bytes. A length is never believed further than the bytes go, so
 * what a value takes is bounded by what it is read from. Floating-point numbers and extensions are not borg's.
 */
export class Unpack {
  bytes: Uint8Array;
  at = 0;
  end: number;
  #view: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.end = bytes.length;
    this.#view = viewOf(bytes);
  }

  /** Goes on in other bytes, from their beginning to `end`. */
  reset(bytes: Uint8Array, end: number): void {
    if (bytes !== this.bytes) {
      this.bytes = bytes;
      this.#view = viewOf(bytes);
    }
    this.at = 0;
    this.end = end;
  }

  /** The first byte of the next value, which is not taken. */
  peek(): number {
    if (this.at >= this.end) throw OUT_OF_DATA;
    return this.bytes[this.at] ?? 0;
  }

  /** Number of entries of the map that begins here. */
  mapSize(): number {
    const head = this.#take(1);
    if ((head & 0xf0) === 0x80) return head & 0x0f;
    if (head === 0xde) return this.#take(2);
    if (head === 0xdf) return this.#take(4);
    throw unexpected("a map", head);
  }

  arraySize(): number {
    const head = this.#take(1);
    if ((head & 0xf0) === 0x90) return head & 0x0f;
    if (head === 0xdc) return this.#take(2);
    if (head === 0xdd) return this.#take(4);
    throw unexpected("a list", head);
  }

  /** Length of the bytes that begin here; they are passed, and lie before `at`. */
  raw(): number {
    const head = this.#take(1);
    let length: number;
    if ((head & 0xe0) === 0xa0) length = head & 0x1f;
    else if (head === 0xd9 || head === 0xc4) length = this.#take(1);
    else if (head === 0xda || head === 0xc5) length = this.#take(2);
    else if (head === 0xdb || head === 0xc6) length = this.#take(4);
    else throw unexpected("bytes", head);
    if (length > this.end - this.at) throw OUT_OF_DATA;
    this.at += length;
    return length;
  }

  /** A whole number; beyond 53 bits the nearest, as Python's float() gives it. */
  integer(): number {
    const head = this.#take(1);
    if (head < 0x80) return head;
    if (head >= 0xe0) return head - 0x100;
    if (head === 0xcc) return this.#take(1);
    if (head === 0xcd) return this.#take(2);
    if (head === 0xce) return this.#take(4);
    if (head === 0xcf) return this.#take(4) * 2 ** 32 + this.#take(4);
    if (head === 0xd0) return (this.#take(1) << 24) >> 24;
    if (head === 0xd1) return (this.#take(2) << 16) >> 16;
    if (head === 0xd2) return this.#take(4) | 0;
    if (head === 0xd3) return (this.#take(4) | 0) * 2 ** 32 + this.#take(4);
    throw unexpected("a whole number", head);
  }

  boolean(): boolean {
    const head = this.#take(1);
    if (head === 0xc2 || head === 0xc3) return head === 0xc3;
    throw unexpected("yes or no", head);
  }

  /** Any value, held in memory. The keys of maps are bytes, each once; they come as binary strings. */
  value(depth = 0): Unpacked {
    if (depth > DEEPEST) throw new NotUnderstood("values lie in one another too deeply");
    const head = this.peek();
    if (head === 0xc0) {
      this.at++;
      return null;
    }
    if (head === 0xc2 || head === 0xc3) return this.boolean();
    if (isMap(head)) {
      const map = new Map<string, Unpacked>();
      for (let left = this.mapSize(); left > 0; left--) {
        const key = this.#copy(this.raw()).toString("latin1");
        if (map.has(key)) throw new NotUnderstood("a map has a key twice");
        map.set(key, this.value(depth + 1));
      }
      return map;
    }
    if (isArray(head)) {
      const list: Unpacked[] = [];
      for (let left = this.arraySize(); left > 0; left--) list.push(this.value(depth + 1));
      return list;
    }
    return isRaw(head) ? this.#copy(this.raw()) : this.integer();
  }

  /** The value that is all there is. */
  whole(): Unpacked {
    const value = this.value();
    if (this.at !== this.end) throw new NotUnderstood("something follows a value");
    return value;
  }

  #copy(length: number): Buffer {
    return Buffer.from(this.bytes.subarray(this.at - length, this.at));
  }

  #take(bytes: 1 | 2 | 4): number {
    const at = this.at;
    if (at + bytes > this.end) throw OUT_OF_DATA;
    this.at = at + bytes;
    if (bytes === 1) return this.bytes[at] ?? 0;
    return bytes === 2 ? this.#view.getUint16(at) : this.#view.getUint32(at);
  }
}

export const isRaw = (head: number) =>
  (head & 0xe0) === 0xa0 || (head >= 0xd9 && head <= 0xdb) || (head >= 0xc4 && head <= 0xc6);
const isMap = (head: number) => (head & 0xf0) === 0x80 || head === 0xde || head === 0xdf;
const isArray = (head: number) => (head & 0xf0) === 0x90 || head === 0xdc || head === 0xdd;

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const unexpected = (what: string, head: number) =>
  new NotUnderstood(`there is no ${what} where one belongs, but 0x${head.toString(16)}`);
