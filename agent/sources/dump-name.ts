import { createHash } from "node:crypto";

const LONGEST = 80;

/** A database's name as a name of a folder in a tar: what is not plain is percent-encoded, what is long is cut and kept apart by its hash. */
export function dumpName(database: string, ending: string): string {
  const plain = encodeURIComponent(Buffer.from(database).toString()).replace(/^\./, "%2E");
  if (plain.length <= LONGEST) return `${plain}${ending}`;
  const hash = createHash("sha256").update(database).digest("hex").slice(0, 12);
  return `${plain.slice(0, LONGEST - 13)}~${hash}${ending}`;
}
