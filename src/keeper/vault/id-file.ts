import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { promisify } from "node:util";
import { ID_BYTES } from "~/borg/segment";

/** `BBSKNOWN`, version 1 u32, 0 u32 (little-endian), then distinct ids in order of their bytes. */
export const ID_FILE_HEADER = Buffer.from("4242534b4e4f574e0100000000000000", "hex");
const onDisk = promisify(fsync);
const HEADER_BYTES = ID_FILE_HEADER.length;
const BLOCK_BYTES = 32 * 1024 * ID_BYTES;

/** Negative, 0 or positive: the ids at two places in the order of their bytes. */
export function compareIds(a: DataView, aAt: number, b: DataView, bAt: number): number {
  for (let i = 0; i < ID_BYTES; i += 4) {
    const difference = a.getUint32(aAt + i) - b.getUint32(bAt + i);
    if (difference !== 0) return difference;
  }
  return 0;
}

export function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Reads a file of sorted ids: one by one from the front, or by place. The caller closes it. */
export class IdFileReader {
  readonly count: number;
  readonly view: DataView;
  /** Where the present id lies in `view`. */
  at = 0;
  readonly #fd: number;
  readonly #block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  readonly #one = Buffer.alloc(ID_BYTES);
  readonly #oneView = viewOf(this.#one);
  #length = 0;
  #read = 0;

  /** Throws when it is not such a file: its ids would be missed. */
  constructor(path: string) {
    this.view = viewOf(this.#block);
    this.#fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    const { size } = fstatSync(this.#fd);
    this.count = (size - HEADER_BYTES) / ID_BYTES;
    const header = Buffer.alloc(HEADER_BYTES);
    readSync(this.#fd, header, 0, HEADER_BYTES, 0);
    if (Number.isInteger(this.count) && this.count >= 0 && header.equals(ID_FILE_HEADER)) return;
    closeSync(this.#fd);
    throw new Error(`${path} is not a list of known objects`);
  }

  /** Goes to the next id. False: there is none. */
  next(): boolean {
    if (this.at + ID_BYTES < this.#length) {
      this.at += ID_BYTES;
      return true;
    }
    if (this.#read === this.count) return false;
    const wanted = Math.min(BLOCK_BYTES, (this.count - this.#read) * ID_BYTES);
    const from = HEADER_BYTES + this.#read * ID_BYTES;
    this.#length = readSync(this.#fd, this.#block, 0, wanted, from);
    if (this.#length !== wanted) throw new Error("a list of known objects became shorter while it was read");
    this.#read += wanted / ID_BYTES;
    this.at = 0;
    return true;
  }

  /** The first place from `low` on whose id is not below the one at `at` in `view`; `isFound`: it is that id. */
  find(view: DataView, at: number, low: number): { place: number; isFound: boolean } {
    let [from, to, isFound] = [low, this.count, false];
    while (from < to) {
      const middle = Math.floor((from + to) / 2);
      readSync(this.#fd, this.#one, 0, ID_BYTES, HEADER_BYTES + middle * ID_BYTES);
      const order = compareIds(this.#oneView, 0, view, at);
      if (order === 0) isFound = true;
      if (order < 0) from = middle + 1;
      else to = middle;
    }
    return { place: from, isFound };
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/** Writes a file of sorted ids beside its place; it appears there whole and on disk, or not at all. */
export class IdFileWriter {
  readonly #path: string;
  readonly #fd: number;
  readonly #block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  readonly #view = viewOf(this.#block);
  #length = 0;
  #isEmpty = true;

  constructor(path: string, owner: { uid: number; gid: number } | null) {
    this.#path = path;
    this.#fd = openSync(`${path}.new`, "w", 0o640);
    fchmodSync(this.#fd, 0o640);
    if (owner) fchownSync(this.#fd, owner.uid, owner.gid);
    writeSync(this.#fd, ID_FILE_HEADER);
  }

  /** Adds the id at `at` in `view`, unless it is the one before. Ids come in order. */
  add(view: DataView, at: number): void {
    if (this.#length === BLOCK_BYTES) this.#flush();
    const before = this.#length === 0 ? BLOCK_BYTES - ID_BYTES : this.#length - ID_BYTES;
    if (!this.#isEmpty && compareIds(this.#view, before, view, at) === 0) return;
    for (let i = 0; i < ID_BYTES; i += 4) this.#view.setUint32(this.#length + i, view.getUint32(at + i));
    this.#length += ID_BYTES;
    this.#isEmpty = false;
  }

  /** Puts the file in its place. The folder is for the caller to sync. */
  async finish(): Promise<void> {
    this.#flush();
    // Some gigabytes may take a disk a while; the keeper does not stand still for it.
    await onDisk(this.#fd);
    renameSync(`${this.#path}.new`, this.#path);
    closeSync(this.#fd);
  }

  abandon(): void {
    closeSync(this.#fd);
    rmSync(`${this.#path}.new`, { force: true });
  }

  #flush(): void {
    for (let from = 0; from < this.#length; )
      from += writeSync(this.#fd, this.#block, from, this.#length - from);
    this.#length = 0;
  }
}
