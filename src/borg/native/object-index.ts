import { closeSync, constants, fstatSync, openSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";
import { ID_BYTES } from "../segment";
import { NotUnderstood } from "./not-understood";

/** borg's `index.<transaction>` (_hashindex.c): a head, then buckets of id, segment u32, offset u32, little-endian. */
const MAGIC = Buffer.from("BORG_IDX");
const HEAD_BYTES = 18;
const BUCKET_BYTES = ID_BYTES + 8;
/** In place of the segment: a bucket that was never used ends the search, one whose entry was deleted does not. */
const NEVER_USED = 0xffffffff;
const DELETED = 0xfffffffe;
/** Buckets read at once, and how many are looked through for one id: honest ones lie within a few of where they belong. */
const BUCKETS_AT_ONCE = 64;
const MOST_PROBES = 64 * 1024;

export interface ObjectPlace {
  segment: number;
  offset: number;
}

/**
 * Finds objects through borg's newest index. The client wrote it, so it is only a hint: what it leads to is checked by whoever reads it.
 * Refuses where there is none, and an id that it does not lead to. To be closed.
 */
export class ObjectIndex {
  readonly #fd: number;
  readonly #buckets: number;
  readonly #window = Buffer.alloc(BUCKETS_AT_ONCE * BUCKET_BYTES);

  constructor(repositoryPath: string) {
    const transactions = readdirSync(repositoryPath).flatMap(
      (name) => /^index\.(0|[1-9][0-9]{0,9})$/.exec(name)?.[1] ?? [],
    );
    if (transactions.length === 0) throw new NotUnderstood("the repository has no index at the moment");
    const newest = Math.max(...transactions.map(Number));
    // Not blocking: a FIFO in the place of a file would hold us.
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    this.#fd = openSync(join(repositoryPath, `index.${newest}`), flags);
    const head = Buffer.alloc(HEAD_BYTES);
    const found = fstatSync(this.#fd);
    if (found.isFile()) readSync(this.#fd, head, 0, HEAD_BYTES, 0);
    this.#buckets = head.readUInt32LE(12);
    const isIndex =
      head.subarray(0, MAGIC.length).equals(MAGIC) &&
      head[16] === ID_BYTES &&
      head[17] === BUCKET_BYTES - ID_BYTES &&
      this.#buckets > 0 &&
      found.size === HEAD_BYTES + this.#buckets * BUCKET_BYTES;
    if (isIndex) return;
    closeSync(this.#fd);
    throw new NotUnderstood("the repository's index is of another form");
  }

  find(id: Buffer): ObjectPlace {
    const first = id.readUInt32LE(0) % this.#buckets;
    const most = Math.min(this.#buckets, MOST_PROBES);
    for (let probed = 0; probed < most; ) {
      const from = (first + probed) % this.#buckets;
      const count = Math.min(BUCKETS_AT_ONCE, this.#buckets - from, most - probed);
      this.#read(from, count);
      for (let at = 0; at < count * BUCKET_BYTES; at += BUCKET_BYTES) {
        const segment = this.#window.readUInt32LE(at + ID_BYTES);
        if (segment === NEVER_USED) throw missing(id);
        if (segment !== DELETED && id.compare(this.#window, at, at + ID_BYTES) === 0)
          return { segment, offset: this.#window.readUInt32LE(at + ID_BYTES + 4) };
      }
      probed += count;
    }
    throw missing(id);
  }

  close(): void {
    closeSync(this.#fd);
  }

  #read(bucket: number, count: number) {
    const wanted = count * BUCKET_BYTES;
    if (readSync(this.#fd, this.#window, 0, wanted, HEAD_BYTES + bucket * BUCKET_BYTES) !== wanted)
      throw new NotUnderstood("the repository's index became shorter while it was read");
  }
}

const missing = (id: Buffer) =>
  new NotUnderstood(`the repository's index does not know the object ${id.toString("hex").slice(0, 16)}`);
