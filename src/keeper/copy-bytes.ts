import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { KeeperRefuses } from "./refusal";

const PIECE_BYTES = 1024 * 1024;

/** Reads a file from its beginning, writes it on at the same places where `to` is one, and gives SHA-256 and length of what was read. */
export async function copyBytes(
  from: FileHandle,
  to: FileHandle | null,
  signal: AbortSignal,
  onBytes?: (count: number) => void,
): Promise<{ sha256: string; bytes: number }> {
  const digest = createHash("sha256");
  const piece = Buffer.allocUnsafeSlow(PIECE_BYTES);
  for (let at = 0; ; ) {
    if (signal.aborted) throw new KeeperRefuses("cancelled", "It was cancelled.");
    const { bytesRead } = await from.read(piece, 0, piece.length, at);
    if (bytesRead === 0) return { sha256: digest.digest("hex"), bytes: at };
    digest.update(piece.subarray(0, bytesRead));
    for (let done = 0; to !== null && done < bytesRead; )
      done += (await to.write(piece, done, bytesRead - done, at + done)).bytesWritten;
    at += bytesRead;
    onBytes?.(bytesRead);
  }
}
