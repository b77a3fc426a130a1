import { createHash } from "node:crypto";
import { once } from "node:events";
import type { Writable } from "node:stream";

/**
 * Bytes of one part. A tar says how long a member is before it comes, and nobody knows how long a dump will be: so a dump is a folder of
 * numbered parts, each held in memory once. Large, because each header between them breaks a chunk of about 2 MiB that borg would have known.
 */
export const PART_BYTES = 32 * 1024 * 1024;
const BLOCK = 512;

/** Whoever read the tar is gone; why is for them to say. */
export class ReaderGone extends Error {}

/** One dump as it was written. */
export type Written = { path: string; bytes: number; sha256: string };

/**
 * Writes a POSIX tar (ustar) to a stream that somebody else reads slowly: every write waits until it was taken. Times and owners are always the
 * same, so that the same dump gives the same bytes. Rejects with ReaderGone when nobody reads any more.
 */
export class TarStream {
  readonly #out: Writable;
  readonly #partBytes: number;
  #broken: Error | null = null;

  constructor(out: Writable, partBytes = PART_BYTES) {
    this.#out = out;
    this.#partBytes = partBytes;
    out.on("error", (error) => {
      this.#broken ??= error;
    });
  }

  /** Writes a dump as `<path>/00000001`, `<path>/00000002` ...: `tar -xO -f databases.tar <path>` gives it back in one piece. */
  async dump(path: string, source: AsyncIterable<Buffer>): Promise<Written> {
    const hash = createHash("sha256");
    let parts = 0;
    let bytes = 0;
    let waiting: Buffer[] = [];
    let size = 0;
    const write = async () => {
      parts++;
      await this.#member(`${path}/${String(parts).padStart(8, "0")}`, waiting, size);
      waiting = [];
      size = 0;
    };
    for await (const chunk of source) {
      hash.update(chunk);
      bytes += chunk.length;
      let rest = chunk;
      while (size + rest.length >= this.#partBytes) {
        const room = this.#partBytes - size;
        waiting.push(rest.subarray(0, room));
        size += room;
        rest = rest.subarray(room);
        await write();
      }
      if (rest.length > 0) waiting.push(rest);
      size += rest.length;
    }
    if (size > 0) await write();
    return { path, bytes, sha256: hash.digest("hex") };
  }

  async file(path: string, text: string): Promise<void> {
    const bytes = Buffer.from(text);
    await this.#member(path, [bytes], bytes.length);
  }

  /** Two blocks of zeros: a reader then knows that nothing was cut. */
  async end(): Promise<void> {
    await this.#write(Buffer.alloc(2 * BLOCK));
    this.#out.end();
  }

  async #member(path: string, parts: readonly Buffer[], size: number): Promise<void> {
    await this.#write(tarHeader(path, size));
    for (const part of parts) await this.#write(part);
    const over = size % BLOCK;
    if (over > 0) await this.#write(Buffer.alloc(BLOCK - over));
  }

  async #write(bytes: Buffer): Promise<void> {
    if (this.#broken || this.#out.destroyed) {
      throw new ReaderGone(`Nobody reads the databases any more. ${this.#broken?.message ?? ""}`);
    }
    if (this.#out.write(bytes)) return;
    const waiting = new AbortController();
    try {
      // `drain` never comes once the reader is gone: `close` does.
      await Promise.race([
        once(this.#out, "drain", { signal: waiting.signal }),
        once(this.#out, "close", { signal: waiting.signal }),
      ]);
    } catch (cause) {
      throw new ReaderGone("Nobody reads the databases any more.", { cause });
    } finally {
      waiting.abort();
    }
  }
}

/** The header of one member, in POSIX.1-1988 (ustar). Refuses a path that it cannot hold. */
export function tarHeader(path: string, size: number): Buffer {
  const { prefix, name } = splitPath(path);
  const header = Buffer.alloc(BLOCK);
  header.write(name, 0, 100, "latin1");
  header.write("0000600\0", 100);
  header.write("0000000\0", 108);
  header.write("0000000\0", 116);
  header.write(`${size.toString(8).padStart(11, "0")}\0`, 124);
  header.write("00000000000\0", 136);
  header.write("        ", 148);
  header.write("0", 156);
  header.write("ustar\x0000", 257, "latin1");
  header.write("root", 265);
  header.write("root", 297);
  header.write(prefix, 345, 155, "latin1");
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}

function splitPath(path: string): { prefix: string; name: string } {
  if (!/^[\x21-\x7e]+$/.test(path)) throw new RangeError(`No path for a tar: ${JSON.stringify(path)}`);
  if (path.length <= 100) return { prefix: "", name: path };
  const cut = path.lastIndexOf("/", 155);
  if (cut <= 0 || path.length - cut - 1 > 100) throw new RangeError(`Too long for a tar: ${path}`);
  return { prefix: path.slice(0, cut), name: path.slice(cut + 1) };
}
