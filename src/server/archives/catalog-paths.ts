/** A path of the wire (base64) as the catalog reads it (binary string), without slashes at the ends. */
export function catalogPath(path: string): string {
  return Buffer.from(path, "base64")
    .toString("latin1")
    .replace(/^\/+|\/+$/g, "");
}
