import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** Layout of `<n>.ids`, which the keeper writes and we only read: "BBSKNOWN", u32le 1, u32le 0, then sorted distinct ids. */
const HEADER_BYTES = 16;
const ID_BYTES = 32;

/** Ids per read: 8 KiB. Ids are hashes, so a guess by value in a million lands within some hundred of the right place. */
const IDS_PER_READ = 256;

/** Guesses by value before halving takes over: a client may have stored ids that are no hashes, to make every guess a bad one. */
const GUESSES = 6;

/**
 * The objects that were stored before this session, as the keeper's audit left them. Held as open files, never in memory: a repository
 * of ten terabytes has some million. A damaged file is an error, not an empty set.
 */
export class KnownObjects {
  readonly #files: readonly SortedIds[];

  constructor(paths: readonly string[]) {
    this.#files = paths.map((path) => new SortedIds(path));
  }

  /** `id`: 32 bytes. Mostly one or two small reads for each file. */
  has(id: Buffer): boolean {
    return this.#files.some((file) => file.has(id));
  }

  close(): void {
    for (const file of this.#files) file.close();
  }
}

class SortedIds {
  readonly #descriptor: number;
  readonly #count: number;
  readonly #page = Buffer.alloc(IDS_PER_READ * ID_BYTES);

  constructor(path: string) {
    this.#descriptor = openSync(path, "r");
    const { size } = fstatSync(this.#descriptor);
    this.#read(this.#page.subarray(0, HEADER_BYTES), 0);
    const isOurs =
      this.#page.toString("latin1", 0, 8) === "BBSKNOWN" &&
      this.#page.readUInt32LE(8) === 1 &&
      this.#page.readUInt32LE(12) === 0 &&
      (size - HEADER_BYTES) % ID_BYTES === 0;
    if (!isOurs) throw new Error(`${path} is no list of known objects`);
    this.#count = (size - HEADER_BYTES) / ID_BYTES;
  }

  has(id: Buffer): boolean {
    const wanted = startOf(id);
    let [from, until] = [0, this.#count];
    let [lowest, highest] = [0, 2 ** 48];
    for (let step = 0; from < until; step++) {
      const share = step < GUESSES && highest > lowest ? (wanted - lowest) / (highest - lowest) : 0.5;
      const guess = Math.floor(from + (until - from) * share - IDS_PER_READ / 2);
      const first = Math.max(from, Math.min(guess, until - IDS_PER_READ));
      const ids = this.#page.subarray(0, Math.min(IDS_PER_READ, until - first) * ID_BYTES);
      this.#read(ids, HEADER_BYTES + first * ID_BYTES);
      const last = ids.subarray(ids.length - ID_BYTES);
      if (id.compare(ids, 0, ID_BYTES) > 0 && id.compare(last) > 0) {
        from = first + ids.length / ID_BYTES;
        lowest = startOf(last);
      } else if (id.compare(ids, 0, ID_BYTES) < 0) {
        until = first;
        highest = startOf(ids);
      } else return isAmong(id, ids);
    }
    return false;
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #read(into: Buffer, position: number) {
    if (readSync(this.#descriptor, into, 0, into.length, position) !== into.length)
      throw new Error("a list of known objects ends too early");
  }
}

/** The first 48 bits: exact as a number, and enough to guess a place by. */
const startOf = (id: Buffer) => id.readUIntBE(0, 6);

function isAmong(id: Buffer, ids: Buffer): boolean {
  let [from, until] = [0, ids.length / ID_BYTES];
  while (from < until) {
    const middle = (from + until) >> 1;
    const order = id.compare(ids, middle * ID_BYTES, (middle + 1) * ID_BYTES);
    if (order === 0) return true;
    if (order < 0) until = middle;
    else from = middle + 1;
  }
  return false;
}
