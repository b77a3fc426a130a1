import { NotUnderstood } from "./not-understood";

/** Fields of an item, each ended by a zero byte: type, permissions, size, microseconds since 1970, owner, group, target, path. */
export const FIELDS_OF_AN_ITEM = 8;

const FIRST_BYTES = 512 * 1024;
/** Longer bytes are copied by the machine, shorter ones one by one. */
const LONG = 48;
const DIGITS = 20;

/** Gathers items as {@link FIELDS_OF_AN_ITEM} says and hands them on when there are enough. */
export class ItemFields {
  bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  length = 0;

  /** Room for so many bytes more. */
  reserve(bytes: number): void {
    if (this.length + bytes <= this.bytes.length) return;
    const longer = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.length + bytes));
    this.bytes.copy(longer, 0, 0, this.length);
    this.bytes = longer;
  }

  field(from: Uint8Array, start: number, end: number): void {
    this.reserve(end - start + 1);
    const { bytes } = this;
    let to = this.length;
    if (end - start > LONG) {
      const long = from.subarray(start, end);
      if (long.includes(0)) throw zeroInside();
      this.bytes.set(long, to);
      to += end - start;
    } else
      for (let at = start; at < end; at++) {
        const byte = from[at] ?? 0;
        if (byte === 0) throw zeroInside();
        bytes[to++] = byte;
      }
    bytes[to++] = 0;
    this.length = to;
  }

  /** A whole number of at most 53 bits, not negative, in digits. */
  number(value: number): void {
    if (!(value >= 0 && value <= Number.MAX_SAFE_INTEGER))
      throw new NotUnderstood("an item has a number that no real one has");
    this.reserve(DIGITS);
    let to = this.length + digitsOf(value);
    this.bytes[to] = 0;
    this.length = to + 1;
    let left = value;
    // Whole numbers of 32 bits divide faster.
    while (left > 0xffffffff) {
      const rest = left % 10;
      this.bytes[--to] = 48 + rest;
      left = (left - rest) / 10;
    }
    let low = left >>> 0;
    do {
      const next = (low / 10) >>> 0;
      this.bytes[--to] = 48 + low - next * 10;
      low = next;
    } while (low > 0);
  }

  take(): Buffer {
    const taken = this.bytes.subarray(0, this.length);
    this.length = 0;
    return taken;
  }
}

const zeroInside = () => new NotUnderstood("an item has a zero byte in a name");

function digitsOf(value: number): number {
  let digits = 1;
  for (let most = 10; value >= most; most *= 10) digits++;
  return digits;
}
