import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { copyBytes } from "../copy-bytes";
import { KeeperRefuses } from "../refusal";

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
      const copied = await copyBytes(source, target, signal, onBytes);
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
