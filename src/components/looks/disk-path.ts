import type { ArchivePath } from "~/domain/archive-path";

/**
 * Paths of a live disk are handled like those of an archive: base64 of the bytes without the leading slash, `""` is the top. On the wire
 * they are absolute.
 */
export function wirePath(path: ArchivePath): string {
  return btoa(`/${atob(path)}`);
}

/** The path as it stands in a plan; null: it is no text, so no plan can name it. */
export function planPath(path: ArchivePath): string | null {
  const bytes = Uint8Array.from(atob(path), (character) => character.charCodeAt(0));
  try {
    return `/${new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)}`;
  } catch {
    return null;
  }
}

/** The opposite of `planPath`. */
export function fromPlanPath(path: string): ArchivePath {
  const bytes = new TextEncoder().encode(path.replace(/^\/+|\/+$/g, ""));
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}
