import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { KeeperRefuses } from "../refusal";

const PIECE_BYTES = 1024 * 1024;

/**
 * Copies a file that nobody changes meanwhile, byte by byte: the other place may be on another file system. Neither end may be a link; what is
 * at `to` is replaced. Returns the digest of what was read. On disk when this resolves.
 */
export async function copySegment(
  from: string,
  to: string,
  owner: { uid: number; gid: number } | null,
  onBytes: (count: number) => void,
  signal: AbortSignal,
): Promise<{ sha256: string; bytes: number }> {
  const source = await open(from, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const found = await source.stat();
    if (!found.isFile()) throw new KeeperRefuses("not-allowed", `${from} is no plain file.`);
    const target = await open(
      to,
      constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
      0o600,
    );
    try {
      const copied = await copyBytes(source, target, onBytes, signal);
      await target.utimes(found.atime, found.mtime);
      if (owner) await target.chown(owner.uid, owner.gid);
      await target.chmod(0o440);
      await target.sync();
      return copied;
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function copyBytes(
  source: FileHandle,
  target: FileHandle,
  onBytes: (count: number) => void,
  signal: AbortSignal,
) {
  const digest = createHash("sha256");
  const piece = Buffer.allocUnsafeSlow(PIECE_BYTES);
  let bytes = 0;
  for (;;) {
    if (signal.aborted) throw new KeeperRefuses("cancelled", "It was cancelled.");
    const { bytesRead } = await source.read(piece, 0, piece.length, bytes);
    if (bytesRead === 0) return { sha256: digest.digest("hex"), bytes };
    const read = piece.subarray(0, bytesRead);
    digest.update(read);
    for (let written = 0; written < bytesRead; )
      written += (await target.write(read, written, bytesRead - written, bytes + written)).bytesWritten;
    bytes += bytesRead;
    onBytes(bytesRead);
  }
}
