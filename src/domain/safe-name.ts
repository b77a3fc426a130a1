/**
 * Names out of archives, made safe for the machine that receives them. A name in an archive is any bytes but NUL and `/`, and whoever made
 * the archive may be hostile: nothing of it may leave the folder that a person unpacks into, or mean something to Windows.
 */

/** Longest part of a path that common file systems take, in bytes of UTF-8; room is left for a suffix. */
const MOST_PART_BYTES = 240;
/** Longest whole path. Longer ones do not unpack on most machines. */
const MOST_PATH_BYTES = 4000;

/** Devices of Windows, with any ending and in any case (also with superscript digits). */
const RESERVED = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])$/i;

/** What Windows refuses in a name or reads as something else, control characters, and marks that turn or hide text. */
const UNSAFE = /[<>:"/\\|?*\p{Cc}\p{Cs}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffd]/gu;

/** One name as text that every common file system takes. Bytes that are not UTF-8 become `_`. Never empty, `.` or `..`. */
export function safeName(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes).normalize("NFC").replace(UNSAFE, "_");
  const cut = cutToBytes(text, MOST_PART_BYTES).replace(/[. ]+$/u, (ends) => "_".repeat(ends.length));
  const stem = cut.split(".")[0] ?? "";
  if (cut === "") return "_";
  return RESERVED.test(stem.trim()) ? `_${cut}` : cut;
}

/**
 * Names for a zip: relative, `/` between safe names, and no two that are the same where case does not count (Windows, macOS): the second gets
 * ` (2)` before its ending. What lies in a folder follows the folder. Null: nothing of the path is left.
 */
export function zipNames(): {
  file: (path: Uint8Array) => string | null;
  folder: (path: Uint8Array) => string | null;
} {
  const taken = new Set<string>();
  const next = new Map<string, number>();
  const folders = new Map<string, string>();
  const distinct = (path: string) => {
    const fitting = byteLength(path) <= MOST_PATH_BYTES ? path : `too deep/${lastPart(path)}`;
    const key = fitting.toLowerCase();
    for (let n = taken.has(key) ? (next.get(key) ?? 2) : 1; ; n++) {
      const name = n === 1 ? fitting : withSuffix(fitting, n);
      if (taken.has(name.toLowerCase())) continue;
      taken.add(name.toLowerCase());
      if (n > 1) next.set(key, n + 1);
      return name;
    }
  };
  const below = (folder: string, part: string) => {
    const name = safeName(Uint8Array.from(part, (character) => character.charCodeAt(0)));
    return distinct(folder === "" ? name : `${folder}/${name}`);
  };
  const folderOf = (parts: readonly string[]) => {
    let folder = "";
    for (let depth = 1; depth <= parts.length; depth++) {
      const key = parts.slice(0, depth).join("/");
      const known = folders.get(key) ?? below(folder, parts[depth - 1] ?? "");
      folders.set(key, known);
      folder = known;
    }
    return folder;
  };
  return {
    file(path) {
      const parts = partsOf(path);
      const name = parts.pop();
      return name === undefined ? null : below(folderOf(parts), name);
    },
    folder(path) {
      const parts = partsOf(path);
      return parts.length === 0 ? null : folderOf(parts);
    },
  };
}

/** `Content-Disposition` of a download (RFC 6266, 8187): the name in full, and in ASCII for who does not know the other form. */
export function attachment(name: string): string {
  const ascii = name.replace(/[^\x20-\x7e]|["\\%]/g, "_");
  const encoded = encodeURIComponent(name).replace(
    /['()*!]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}

function withSuffix(path: string, n: number): string {
  const cut = path.lastIndexOf("/") + 1;
  const dot = path.lastIndexOf(".");
  const at = dot > cut ? dot : path.length;
  return `${path.slice(0, at)} (${n})${path.slice(at)}`;
}

/** The names on the way as binary strings, without what names no place of its own. */
function partsOf(path: Uint8Array): string[] {
  const raw = Array.from(path, (byte) => String.fromCharCode(byte)).join("");
  return raw.split("/").filter((part) => part !== "" && part !== "." && part !== "..");
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** Cuts at a character, keeping a short ending (`.jpeg`). */
function cutToBytes(text: string, most: number): string {
  if (byteLength(text) <= most) return text;
  const ending = /\.[^.]{1,10}$/u.exec(text)?.[0] ?? "";
  const room = most - byteLength(ending);
  let kept = "";
  let used = 0;
  for (const character of text.slice(0, text.length - ending.length)) {
    used += byteLength(character);
    if (used > room) break;
    kept += character;
  }
  return kept + ending;
}
