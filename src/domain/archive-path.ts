/**
 * Paths inside an archive are bytes, not text (Linux allows everything but NUL and `/` in a name). They travel as base64 and are
 * handled here as "binary strings" (one character per byte), so that splitting at `/` never touches what is not UTF-8. Archive
 * paths have no leading slash; the empty path is the top of the archive.
 */

/** A path inside an archive as base64 of its bytes; `""` is the top. */
export type ArchivePath = string;

/** A piece of a name as shown: plain text, or an escape that stands for bytes a person could not read. */
export interface NamePart {
  text: string;
  escaped: boolean;
}

/** The child `name` (base64) of `folder`. */
export function joinPath(folder: ArchivePath, name: string): ArchivePath {
  return folder === "" ? name : btoa(`${atob(folder)}/${atob(name)}`);
}

/** Every folder on the way to `path` and `path` itself, outermost first, each with its own last name; `[]` at the top. */
export function trailOf(path: ArchivePath): { path: ArchivePath; name: string }[] {
  if (path === "") return [];
  const names = atob(path).split("/");
  return names.map((name, at) => ({ path: btoa(names.slice(0, at + 1).join("/")), name: btoa(name) }));
}

/** The folder that holds `path`; the top holds itself. */
export function parentOf(path: ArchivePath): ArchivePath {
  const raw = atob(path);
  const cut = raw.lastIndexOf("/");
  return cut < 0 ? "" : btoa(raw.slice(0, cut));
}

/** Whether `path` lies below `folder` (not: is it). Everything but the top lies below the top. */
export function isBelow(path: ArchivePath, folder: ArchivePath): boolean {
  if (folder === "") return path !== "";
  return atob(path).startsWith(`${atob(folder)}/`);
}

/** Orders by bytes, so that the order does not depend on anyone's language. */
export function comparePaths(a: ArchivePath, b: ArchivePath): number {
  const [left, right] = [atob(a), atob(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Whether a text typed or taken from an address is base64 as we write it; anything else would throw further on. */
export function isArchivePath(text: string): boolean {
  return /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text);
}

/** base64 with the three characters an address would have to escape replaced (RFC 4648, section 5, without padding). */
export function toAddress(path: ArchivePath): string {
  return path.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** The opposite of `toAddress`; null when the text was not made by it. */
export function fromAddress(text: string): ArchivePath | null {
  const bare = text.replaceAll("-", "+").replaceAll("_", "/");
  const padded = bare.padEnd(Math.ceil(bare.length / 4) * 4, "=");
  return isArchivePath(padded) ? padded : null;
}

/**
 * A name or path as a person may read it. Bytes that are not UTF-8 become `\xff`, control characters and the marks that turn the
 * direction of writing (a known way to disguise a file's ending) become escapes too; a real backslash stays as it is, which is
 * why each part says whether it is an escape.
 */
export function nameParts(base64: string): NamePart[] {
  const parts: NamePart[] = [];
  const add = (text: string, escaped: boolean) => {
    const last = parts.at(-1);
    if (last && last.escaped === escaped) last.text += text;
    else parts.push({ text, escaped });
  };
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at);
    const text = length === 0 ? null : decode(bytes.subarray(at, at + length));
    if (text === null) add(`\\x${hex(bytes[at] ?? 0)}`, true);
    else if (isUnreadable(text)) add(escapeOf(text), true);
    else add(text, false);
    at += text === null ? 1 : length;
  }
  return parts;
}

/** `nameParts` as one text, for titles, copies and search. */
export function showPath(base64: string): string {
  return nameParts(base64)
    .map((part) => part.text)
    .join("");
}

/**
 * A path as a person types it, or copies it from where `showPath` wrote it: slashes at the ends and doubled ones do not matter, and `\xff`,
 * `\u202e`, `\n`, `\r` and `\t` stand for what they were written for. `""` is the top.
 */
export function typedPath(text: string): ArchivePath {
  const bytes = (plain: string) => String.fromCharCode(...new TextEncoder().encode(plain));
  const raw = text.split(/(\\x[0-9a-f]{2}|\\u[0-9a-f]{4}|\\[nrt])/).map((part, at) => {
    if (at % 2 === 0) return bytes(part);
    const long = Object.entries(SHORT).find(([, short]) => short === part)?.[0];
    const code = Number.parseInt(part.slice(2), 16);
    return long ?? (part.startsWith("\\x") ? String.fromCharCode(code) : bytes(String.fromCodePoint(code)));
  });
  const names = raw.join("").split("/");
  return btoa(names.filter((name) => name !== "" && name !== ".").join("/"));
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decode(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}

/** Length of the UTF-8 sequence that starts here by its first byte; 0 if none can. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  const length =
    first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  return at + length > bytes.length ? 0 : length;
}

/** C0 and C1 controls, direction marks (Unicode 15, Bidi_Control), line separators, byte order mark and zero-width characters. */
function isUnreadable(text: string): boolean {
  return /[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u.test(text);
}

const SHORT: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function escapeOf(text: string): string {
  const code = text.codePointAt(0) ?? 0;
  return SHORT[text] ?? (code < 0x80 ? `\\x${hex(code)}` : `\\u${code.toString(16).padStart(4, "0")}`);
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}
