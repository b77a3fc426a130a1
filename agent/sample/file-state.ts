import type { Hash, Hmac } from "node:crypto";
import { type BigIntStats, constants } from "node:fs";
import { lstat, open } from "node:fs/promises";

/** What changes when a file does: as long as it is the same, so are the contents. Only root could set a ctime back, by the clock. */
export type FileState = Pick<BigIntStats, "dev" | "ino" | "size" | "ctimeNs" | "mtimeNs">;

/** The state of a regular file; null: there is none, or it is something else. No link is followed in the last name. */
export async function stateOf(path: Buffer): Promise<FileState | null> {
  const found = await lstat(path, { bigint: true }).catch(() => null);
  return found?.isFile() ? found : null;
}

export function isSameState(one: FileState, other: FileState): boolean {
  return (["dev", "ino", "size", "ctimeNs", "mtimeNs"] as const).every((key) => one[key] === other[key]);
}

const PIECE_BYTES = 256 * 1024;

/** A hash of a file's contents in hex; null: it could not be read, is another file by now, or `signal` fired. */
export async function hashFile(
  path: Buffer,
  was: FileState,
  begin: () => Hash | Hmac,
  signal: AbortSignal,
): Promise<string | null> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(path, flags).catch(() => null);
  if (file === null) return null;
  try {
    if (!isSameState(was, await file.stat({ bigint: true }))) return null;
    const hash = begin();
    const piece = Buffer.allocUnsafe(PIECE_BYTES);
    let bytes = 0n;
    for (;;) {
      const { bytesRead } = await file.read(piece, 0, PIECE_BYTES);
      if (bytesRead === 0) break;
      hash.update(piece.subarray(0, bytesRead));
      bytes += BigInt(bytesRead);
      if (signal.aborted || bytes > was.size) return null;
    }
    return bytes === was.size ? hash.digest("hex") : null;
  } catch {
    // Unreadable for us is nothing that counts; borg says in its own words what it could not read.
    return null;
  } finally {
    await file.close();
  }
}
