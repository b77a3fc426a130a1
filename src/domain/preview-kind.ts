/** What a preview is shown as. The content decides, never the name: a name is whatever its maker liked. */
export type PreviewKind =
  | { kind: "text"; charset: "utf-8" | "utf-16le" | "utf-16be" | "windows-1252" }
  | { kind: "picture"; type: "image/png" | "image/jpeg" | "image/gif" | "image/webp" | "image/avif" };

/** As many first bytes as {@link previewKind} looks at. */
export const PREVIEW_LOOK_BYTES = 64 * 1024;

const ascii = (text: string) => [...text].map((character) => character.charCodeAt(0));

/** First bytes of the pictures that browsers decode (their own specifications; `null`: any byte). */
const PICTURES = [
  { type: "image/png", magic: [0x89, ...ascii("PNG"), 0x0d, 0x0a, 0x1a, 0x0a] },
  { type: "image/jpeg", magic: [0xff, 0xd8, 0xff] },
  { type: "image/gif", magic: ascii("GIF87a") },
  { type: "image/gif", magic: ascii("GIF89a") },
  { type: "image/webp", magic: [...ascii("RIFF"), null, null, null, null, ...ascii("WEBP")] },
  { type: "image/avif", magic: [null, null, null, null, ...ascii("ftypavif")] },
  { type: "image/avif", magic: [null, null, null, null, ...ascii("ftypavis")] },
] as const;

/**
 * What the first bytes of a file are; null: neither text nor a picture that browsers show. HTML and SVG are text. `whole`: these are all
 * bytes there are; otherwise a character that is cut at the end does not count.
 */
export function previewKind(first: Uint8Array, { whole }: { whole: boolean }): PreviewKind | null {
  const picture = PICTURES.find(({ magic }) =>
    magic.every((byte, at) => at < first.length && (byte === null || byte === first[at])),
  );
  if (picture) return { kind: "picture", type: picture.type };
  if (first[0] === 0xff && first[1] === 0xfe) return { kind: "text", charset: "utf-16le" };
  if (first[0] === 0xfe && first[1] === 0xff) return { kind: "text", charset: "utf-16be" };
  if (!looksLikeText(first)) return null;
  return { kind: "text", charset: isUtf8(first, whole) ? "utf-8" : "windows-1252" };
}

/** No NUL, and hardly any control character but those that texts and logs have (tab, line ends, form feed, escape). */
function looksLikeText(bytes: Uint8Array): boolean {
  let controls = 0;
  for (const byte of bytes) {
    if (byte === 0) return false;
    if (byte < 0x20 && !(byte >= 0x08 && byte <= 0x0d) && byte !== 0x1b) controls++;
  }
  return controls <= bytes.length / 100;
}

function isUtf8(bytes: Uint8Array, whole: boolean): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: !whole });
    return true;
  } catch {
    return false;
  }
}
