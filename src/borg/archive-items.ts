/** One item of an archive as the catalog needs it. Texts that are bytes are binary strings: one character for each byte. */
export interface ArchiveItem {
  /** As the archive holds it, without slashes at the ends; `""` is the top. */
  path: string;
  /** borg's letter: `-` file, `d` folder, `l` symlink, `h` further name of a hard link, `p`, `b`, `c`. */
  type: string;
  /** `rwxr-xr-x`; empty for a folder that is not stored itself. */
  mode: string;
  owner: string;
  group: string;
  size: number;
  /** Microseconds since 1970; null: not known. */
  modified: number | null;
  /** Where a symlink points, or the first name of a hard link. */
  target: string | null;
}

/** What borg's letters stand for. */
const ITEM_TYPES: Readonly<Record<string, Exclude<ItemType, "other"> | undefined>> = {
  "-": "file",
  d: "directory",
  l: "symlink",
  h: "hardlink",
  p: "fifo",
  b: "device",
  c: "device",
};
export type ItemType = "file" | "directory" | "symlink" | "hardlink" | "fifo" | "device" | "other";

export function itemType(letter: string): ItemType {
  return ITEM_TYPES[letter] ?? "other";
}

/** A path of 4,096 bytes, each printed as `\udcff`, twice for a link, and the rest. */
const MAX_LINE_BYTES = 64 * 1024;

/**
 * Reads `borg list` in LISTING_FORMAT piece by piece; as listing.ts does, but a million lines in seconds. Throws for a line that is not
 * understood: a listing with a hole would look complete.
 */
export function archiveItems() {
  let rest = "";
  return {
    push(piece: Buffer): ArchiveItem[] {
      const text = rest + piece.toString("latin1");
      const items: ArchiveItem[] = [];
      let from = 0;
      for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", from)) {
        items.push(readLine(text.slice(from, at)));
        from = at + 1;
      }
      rest = text.slice(from);
      if (rest.length > MAX_LINE_BYTES) throw notUnderstood(rest);
      return items;
    },
    /** Throws when the last line is not whole. */
    end() {
      if (rest !== "") throw notUnderstood(rest);
    },
  };
}

function readLine(line: string): ArchiveItem {
  const fields = line.split("\t");
  const [letter, mode, size, time, owner, group, target, path] = fields;
  if (fields.length !== 8 || !letter || !mode || !path || !/^\d+$/.test(size ?? ""))
    throw notUnderstood(line);
  const pointsTo = bytesOf(target ?? "");
  return {
    // borg marks further names of a hard link in the mode only ("hrw-r--r--").
    type: mode.startsWith("h") ? "h" : letter,
    mode: mode.slice(1),
    owner: ownerOf(owner ?? ""),
    group: ownerOf(group ?? ""),
    size: Number(size),
    modified: microsecondsOf(time ?? ""),
    target: pointsTo === "" ? null : pointsTo,
    path: cleanPath(bytesOf(path)),
  };
}

function notUnderstood(line: string): Error {
  return new Error(`borg's listing has a line that is not understood: ${line.slice(0, 200)}`);
}

/** borg names the top `.`; doubled slashes can only come from a made-up archive, and no tree could show them. */
export function cleanPath(path: string): string {
  if (path === ".") return "";
  if (!path.startsWith("/") && !path.endsWith("/") && !path.includes("//")) return path;
  return path
    .split("/")
    .filter((part) => part !== "")
    .join("/");
}

/** A name, or the bare number of an owner that had no name on the client. */
const ownerOf = (field: string) => (/^\d+$/.test(field) ? field : bytesOf(field));

const SHORT_ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

/** Decodes what Python's `repr` of a string prints, itself read as one character for each byte. */
function bytesOf(literal: string): string {
  const quote = literal[0];
  if ((quote !== "'" && quote !== '"') || literal.length < 2 || literal.at(-1) !== quote)
    throw notUnderstood(literal);
  const inner = literal.slice(1, -1);
  if (!inner.includes("\\")) return inner;
  return inner.replace(
    /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|(.))/g,
    (_, x?: string, u?: string, long?: string, short?: string) => {
      if (short !== undefined) return SHORT_ESCAPES[short] ?? short;
      const code = Number.parseInt(x ?? u ?? long ?? "", 16);
      // Python's surrogateescape: a byte that is no UTF-8.
      if (code >= 0xdc80 && code <= 0xdcff) return String.fromCharCode(code - 0xdc00);
      return Buffer.from(String.fromCodePoint(code), "utf8").toString("latin1");
    },
  );
}

/** borg prints naive UTC with microseconds (TZ=UTC), 1.4 with its offset. Null for what is no time, or none that a number holds. */
function microsecondsOf(text: string): number | null {
  const found = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:Z|\+00:00)?$/.exec(text);
  if (!found) return null;
  const [, year, month, day, hour, minute, second, fraction = "0"] = found;
  const milliseconds = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  const at = milliseconds * 1000 + Number(fraction.padEnd(6, "0"));
  return Number.isSafeInteger(at) ? at : null;
}
