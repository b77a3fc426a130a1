/**
 * Reads `borg list ARCHIVE --format LISTING_FORMAT` line by line. borg's JSON and plain listings print bytes that are not UTF-8 as `?`;
 * `{bpath!r}` prints the path as a Python literal instead, ASCII only and without loss (borg 1.2.4, 1.4.0; undocumented, so the
 * keeper's tests hold it fast). Every text is printed that way: a tab or newline in a name cannot break a line.
 */
export const LISTING_FORMAT =
  "{type}{TAB}{mode}{TAB}{size}{TAB}{isomtime}{TAB}{user!r}{TAB}{group!r}{TAB}{linktarget!r}{TAB}{bpath!r}{NL}";

export type ListedItem = {
  /** Bytes as the archive holds them, without a leading slash. */
  path: Buffer;
  /** borg's type letter: `-` file, `d`, `l`, `h` hard link, `p` FIFO, `b`, `c`. */
  type: string;
  mode: string;
  bytes: number;
  /** ISO 8601, UTC when borg ran with TZ=UTC. */
  modifiedAt: string | null;
  user: string;
  group: string;
  /** Target of a symlink, or the first name of a hard link; null for the rest. */
  linkTarget: string | null;
};

/** Reads one line. Throws for a line that is not of our format: a listing with a hole would look complete. */
export function parseListedItem(line: string): ListedItem {
  const fields = line.split("\t");
  const [type, mode, size, isomtime, user, group, linkTarget, path] = fields;
  if (fields.length !== 8 || !type || !mode || !path || !/^\d+$/.test(size ?? ""))
    throw new Error(`borg's listing has a line that is not understood: ${line.slice(0, 200)}`);
  const target = textOfLiteral(linkTarget ?? "");
  return {
    // borg marks later names of a hard link in the mode only ("hrw-r--r--").
    type: mode.startsWith("h") ? "h" : type,
    mode: mode.replace(/^h/, "-"),
    bytes: Number(size),
    modifiedAt: instantOf(isomtime ?? ""),
    user: ownerOf(user ?? ""),
    group: ownerOf(group ?? ""),
    linkTarget: target === "" ? null : target,
    path: bytesOfLiteral(path),
  };
}

/**
 * A Python regular expression (for `re:`) that matches exactly the archive paths below `folder` at depth one, and `folder` itself. Pure
 * ASCII: bytes that are not UTF-8 are written as Python's surrogate escapes, which arguments could not carry. Empty: the top.
 */
export function childrenPattern(folder: Buffer): string {
  return folder.length === 0 ? "^[^/]+\\Z" : `^${escapeForPython(folder)}(?:/[^/]+)?\\Z`;
}

/** Matches everything that lies deeper than one level below `folder`, except below its children named in `stored`. */
export function deeperPattern(folder: Buffer, stored: readonly Buffer[]): string {
  const below = folder.length === 0 ? "^" : `^${escapeForPython(folder)}/`;
  const except = stored.length === 0 ? "" : `(?!(?:${stored.map(escapeForPython).join("|")})/)`;
  return `${below}${except}[^/]+/`;
}

/** Writes each character as an escape that Python's `re` reads (`\uXXXX`, `\UXXXXXXXX`), so nothing in it has a meaning. */
function escapeForPython(path: Buffer): string {
  return codePointsOf(path)
    .map((code) =>
      (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 47
        ? String.fromCharCode(code)
        : code > 0xffff
          ? `\\U${code.toString(16).padStart(8, "0")}`
          : `\\u${code.toString(16).padStart(4, "0")}`,
    )
    .join("");
}

/** UTF-8 with Python's surrogateescape: a byte that does not decode becomes U+DC00 plus its value. */
function codePointsOf(path: Buffer): number[] {
  const codes: number[] = [];
  for (let at = 0; at < path.length; ) {
    const first = path[at] ?? 0;
    const length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 1;
    const text = path.subarray(at, at + length).toString("utf8");
    const code = text.codePointAt(0) ?? 0;
    if ([...text].length === 1 && code !== 0xfffd) {
      codes.push(code);
      at += length;
    } else if (length === 3 && path.subarray(at, at + 3).equals(REPLACEMENT)) {
      codes.push(0xfffd);
      at += 3;
    } else {
      codes.push(0xdc00 + first);
      at += 1;
    }
  }
  return codes;
}
const REPLACEMENT = Buffer.from("\ufffd", "utf8");

const SHORT_ESCAPES: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, "\\": 92, "'": 39, '"': 34 };

/** Decodes what Python's `repr` of a string prints. Throws when it is not one. */
function bytesOfLiteral(literal: string): Buffer {
  const quote = literal[0];
  if ((quote !== "'" && quote !== '"') || literal.length < 2 || literal.at(-1) !== quote)
    throw new Error(`not a Python string: ${literal.slice(0, 200)}`);
  const pieces: Buffer[] = [];
  const inner = literal.slice(1, -1);
  let plainFrom = 0;
  const escapes = /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|([nrt\\'"]))/g;
  for (let found = escapes.exec(inner); found; found = escapes.exec(inner)) {
    pieces.push(Buffer.from(inner.slice(plainFrom, found.index), "utf8"));
    plainFrom = escapes.lastIndex;
    const code = found[4]
      ? (SHORT_ESCAPES[found[4]] ?? 0)
      : Number.parseInt(found[1] ?? found[2] ?? found[3] ?? "", 16);
    const isEscapedByte = code >= 0xdc80 && code <= 0xdcff;
    pieces.push(
      isEscapedByte ? Buffer.from([code - 0xdc00]) : Buffer.from(String.fromCodePoint(code), "utf8"),
    );
  }
  pieces.push(Buffer.from(inner.slice(plainFrom), "utf8"));
  return Buffer.concat(pieces);
}

const textOfLiteral = (literal: string) => bytesOfLiteral(literal).toString("utf8");

/** A name, or the bare number of an owner that had no name on the client. */
const ownerOf = (field: string) => (/^\d+$/.test(field) ? field : textOfLiteral(field));

/** borg prints naive local time with microseconds ("2026-11-23T00:54:23.000000"), 1.4 with its offset. */
function instantOf(text: string): string | null {
  const found = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,6})?(Z|[+-]\d\d:\d\d)?$/.exec(text);
  if (!found) return null;
  const at = new Date(`${found[1]}${(found[2] ?? ".000").slice(0, 4)}${found[3] ?? "Z"}`);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}

/** Reads borg's own instants in JSON documents (`start`, `end`, `time`) the same way; null for anything else. */
export function readBorgInstant(text: string): string | null {
  return instantOf(text);
}
