/** One item of a tar. */
export interface TarEntry {
  /** As it stands there. */
  path: Buffer;
  type: "file" | "link" | "symlink" | "directory" | "device" | "fifo";
  /** Of a link: what it is the same as, or points to. */
  target: Buffer;
  bytes: number;
  mode: number;
  /** Seconds since 1970. */
  modified: number;
  /** To be read before the next item is asked for; what is not read is skipped. */
  data: AsyncGenerator<Buffer>;
}

const BLOCK = 512;
/** A path of 4,096 bytes and its end. */
const MOST_NAME_BYTES = 64 * 1024;

const TYPES: Readonly<Record<string, TarEntry["type"]>> = {
  ...{ "\0": "file", "0": "file", "7": "file", "1": "link", "2": "symlink" },
  ...{ "3": "device", "4": "device", "5": "directory", "6": "fifo" },
};

/**
 * Reads the GNU tar that `borg export-tar` writes (1.2.4, 1.4.0; Python's tarfile, GNU_FORMAT): names are bytes, long ones stand in items of
 * their own, large numbers in base 256. Anything else is refused, and so is a tar that ends early. Reads to the end of what is given, so
 * that a borg that fails at last is noticed.
 */
export async function* readTar(pieces: AsyncIterable<Buffer>): AsyncGenerator<TarEntry> {
  const input = exactly(pieces);
  let longPath: Buffer | null = null;
  let longTarget: Buffer | null = null;
  for (;;) {
    const header = await input.take(BLOCK);
    if (header.every((byte) => byte === 0)) break;
    demandChecksum(header);
    const flag = String.fromCharCode(header[156] ?? 0);
    const bytes = numberIn(header, 124, 12);
    if (flag === "L" || flag === "K") {
      if (bytes > MOST_NAME_BYTES) throw notUnderstood("a name is too long");
      const name = untilNul(await input.take(padded(bytes)), 0, bytes);
      if (flag === "L") longPath = name;
      else longTarget = name;
      continue;
    }
    const type = TYPES[flag];
    if (!type) throw notUnderstood(`an item of type ${JSON.stringify(flag)}`);
    const held = type === "file" ? bytes : 0;
    const rest = { left: held };
    yield {
      ...{ path: withoutEnd(longPath ?? untilNul(header, 0, 100)), type },
      ...{ target: longTarget ?? untilNul(header, 157, 100), bytes: held },
      ...{ mode: numberIn(header, 100, 8), modified: numberIn(header, 136, 12) },
      data: dataOf(input, rest),
    };
    while (rest.left > 0) rest.left -= (await input.some(rest.left)).length;
    await input.take(padded(held) - held);
    longPath = null;
    longTarget = null;
  }
  await input.drain();
}

async function* dataOf(input: Input, rest: { left: number }): AsyncGenerator<Buffer> {
  while (rest.left > 0) {
    const piece = await input.some(rest.left);
    rest.left -= piece.length;
    yield piece;
  }
}

type Input = ReturnType<typeof exactly>;

function exactly(pieces: AsyncIterable<Buffer>) {
  const source = pieces[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  const more = async () => {
    const { value, done } = await source.next();
    if (done) throw notUnderstood("it ends too early");
    rest = rest.length === 0 ? value : Buffer.concat([rest, value]);
  };
  const cut = (bytes: number) => {
    const piece = rest.subarray(0, bytes);
    rest = rest.subarray(bytes);
    return piece;
  };
  return {
    async take(bytes: number): Promise<Buffer> {
      while (rest.length < bytes) await more();
      return cut(bytes);
    },
    async some(most: number): Promise<Buffer> {
      if (rest.length === 0) await more();
      return cut(Math.min(most, rest.length));
    },
    async drain(): Promise<void> {
      while (!(await source.next()).done);
    },
  };
}

const padded = (bytes: number) => Math.ceil(bytes / BLOCK) * BLOCK;

function demandChecksum(header: Buffer): void {
  let sum = 8 * 0x20;
  for (let at = 0; at < BLOCK; at++) if (at < 148 || at >= 156) sum += header[at] ?? 0;
  if (sum !== numberIn(header, 148, 8)) throw notUnderstood("a checksum is wrong");
}

/** Octal text, or base 256 with the first bit set (two's complement). */
function numberIn(header: Buffer, at: number, length: number): number {
  const field = header.subarray(at, at + length);
  const first = field[0] ?? 0;
  if (first !== 0x80 && first !== 0xff) {
    const text = field
      .toString("latin1")
      .replace(/[\0 ]+$/g, "")
      .trim();
    if (!/^[0-7]*$/.test(text)) throw notUnderstood("a number is none");
    return text === "" ? 0 : Number.parseInt(text, 8);
  }
  let value = 0n;
  for (const byte of field.subarray(1)) value = (value << 8n) | BigInt(byte);
  return Number(first === 0xff ? value - (1n << BigInt(8 * (length - 1))) : value);
}

function untilNul(bytes: Buffer, at: number, length: number): Buffer {
  const field = bytes.subarray(at, at + length);
  const end = field.indexOf(0);
  return Buffer.from(end < 0 ? field : field.subarray(0, end));
}

/** Folders are written with a slash at the end. */
function withoutEnd(path: Buffer): Buffer {
  return path.length > 1 && path.at(-1) === 0x2f ? path.subarray(0, -1) : path;
}

function notUnderstood(why: string): Error {
  return new Error(`borg's tar was not understood: ${why}`);
}
