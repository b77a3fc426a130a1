/** One member of a tar. `link`: another name of a file that came before it. */
export interface TarMember {
  /** Bytes, as in the archive: no leading slash. */
  path: Buffer;
  type: "file" | "link" | "symlink" | "directory" | "device" | "fifo";
  bytes: number;
  /** Of a link and of a symbolic link. */
  linkTarget: Buffer | null;
  /** The permission bits. */
  mode: number;
  /** Seconds since 1970; before then negative. */
  modified: number;
}

/** What becomes of what is read, in order; the reader waits for each. */
export interface TarSink {
  begin(member: TarMember): Promise<void> | void;
  data(piece: Buffer): Promise<void> | void;
  end(): Promise<void> | void;
}

const BLOCK = 512;
/** A path in an archive is at most 4096 bytes; its record is padded. */
const LONGEST_NAME = 16 * 1024;

/**
 * Reads a tar in GNU's form, as `borg export-tar` writes it (1.2.4, 1.4.0: Python's tarfile), piece by piece: names of any length as bytes,
 * sizes of any number. Throws for anything that is no such tar. `ended`: its end was there, so nothing is cut off.
 */
export function tarReader(sink: TarSink): { push(piece: Buffer): Promise<void>; ended(): boolean } {
  let rest: Buffer = Buffer.alloc(0);
  let left = 0;
  let padding = 0;
  let inMember = false;
  let done = false;
  let longName: Buffer | null = null;
  let longLink: Buffer | null = null;
  /** A name that is coming in the contents of its own record. */
  let naming: { pieces: Buffer[]; keep: (name: Buffer) => void } | null = null;

  const finish = async () => {
    if (naming) {
      const name = Buffer.concat(naming.pieces);
      const end = name.indexOf(0);
      naming.keep(end < 0 ? name : name.subarray(0, end));
      naming = null;
    } else if (inMember) await sink.end();
    inMember = false;
  };
  const header = async (block: Buffer) => {
    if (block.every((byte) => byte === 0)) {
      done = true;
      return;
    }
    demandChecksum(block);
    const bytes = numberOf(block.subarray(124, 136));
    const flag = String.fromCharCode(block[156] ?? 0);
    left = bytes;
    padding = (BLOCK - (bytes % BLOCK)) % BLOCK;
    if (flag === "L" || flag === "K") {
      if (bytes > LONGEST_NAME) throw new Error("a name in the tar is too long");
      const keep = (name: Buffer) => {
        if (flag === "L") longName = name;
        else longLink = name;
      };
      naming = { pieces: [], keep };
    } else {
      const type = typeOf(flag);
      const isLink = type === "link" || type === "symlink";
      const linkTarget = isLink ? (longLink ?? textOf(block.subarray(157, 257))) : null;
      const mode = numberOf(block.subarray(100, 108)) & 0o7777;
      const modified = timeOf(block.subarray(136, 148));
      const path = withoutEnd(longName ?? textOf(block.subarray(0, 100)));
      longName = null;
      longLink = null;
      inMember = true;
      await sink.begin({ path, type, bytes, linkTarget, mode, modified });
    }
    if (left === 0) await finish();
  };

  return {
    async push(piece) {
      rest = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
      while (!done && rest.length > 0) {
        if (left > 0) {
          const part = rest.subarray(0, Math.min(left, rest.length));
          rest = rest.subarray(part.length);
          left -= part.length;
          if (naming) naming.pieces.push(Buffer.from(part));
          else await sink.data(part);
          if (left === 0) await finish();
        } else if (padding > 0) {
          const skipped = Math.min(padding, rest.length);
          padding -= skipped;
          rest = rest.subarray(skipped);
        } else {
          if (rest.length < BLOCK) return;
          const block = rest.subarray(0, BLOCK);
          rest = rest.subarray(BLOCK);
          await header(block);
        }
      }
    },
    ended: () => done,
  };
}

const TYPES: Readonly<Record<string, TarMember["type"]>> = {
  ...{ "0": "file", "\0": "file", "1": "link", "2": "symlink" },
  ...{ "3": "device", "4": "device", "5": "directory", "6": "fifo" },
};

function typeOf(flag: string): TarMember["type"] {
  const type = TYPES[flag];
  if (type) return type;
  throw new Error(`the tar holds a record of a kind that borg does not write (${JSON.stringify(flag)})`);
}

/** Octal digits, or a number in base 256 where the first bit is set (GNU, for 8 GiB and more). */
function numberOf(field: Buffer): number {
  const [first = 0] = field;
  if (first & 0x80) {
    const value = field.subarray(1).reduce((sum, byte) => sum * 256 + byte, first & 0x7f);
    if (!Number.isSafeInteger(value)) throw new Error("a length in the tar is no number");
    return value;
  }
  const digits = field
    .toString("latin1")
    .replace(/[\0 ]+$/, "")
    .trim();
  if (!/^[0-7]*$/.test(digits)) throw new Error("a length in the tar is no number");
  return digits === "" ? 0 : Number.parseInt(digits, 8);
}

/** As `numberOf`; a time before 1970 is negative in base 256 (two's complement). */
function timeOf(field: Buffer): number {
  if (field[0] !== 0xff) return numberOf(field);
  return field.subarray(1).reduce((sum, byte) => sum * 256 + byte - 255, 0) - 1;
}

function demandChecksum(block: Buffer): void {
  const sum = block.reduce((all, byte, at) => all + (at >= 148 && at < 156 ? 32 : byte), 0);
  if (numberOf(block.subarray(148, 156)) !== sum) throw new Error("a header in the tar is damaged");
}

function textOf(field: Buffer): Buffer {
  const end = field.indexOf(0);
  return Buffer.from(end < 0 ? field : field.subarray(0, end));
}

/** A folder's name ends with a slash there. */
const withoutEnd = (path: Buffer) => (path.length > 1 && path.at(-1) === 0x2f ? path.subarray(0, -1) : path);
