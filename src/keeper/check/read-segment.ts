import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { segmentPath } from "~/borg/segment";
import { SegmentChecksums, type SegmentFault } from "~/borg/segment-checksums";
import { KeeperRefuses } from "../refusal";

const PIECE_BYTES = 1024 * 1024;

export type SegmentReading =
  | { whole: true; sha256: string; bytes: number }
  | { whole: false; say: string; bytes: number };

const WORDS: Readonly<Record<SegmentFault["what"], string>> = {
  malformed: "what stands there is no entry of borg's",
  checksum: "an entry differs from its checksum",
  "cut-short": "it ends in the middle of an entry",
};

/**
 * Reads a sealed segment from its first byte to its last: every entry against its checksum, all of it into a digest, which must be `before`
 * if one is known. A read may be answered from memory; what was written long ago comes from the disk. The client's account can put
 * anything in the place of a segment that is not sealed, so links are not followed and FIFOs do not block.
 */
export async function readSegment(
  repositoryPath: string,
  sealed: { n: number; size: number },
  before: string | null,
  signal: AbortSignal,
): Promise<SegmentReading> {
  const name = `Segment ${sealed.n}`;
  const broken = (say: string, bytes = 0) => ({ whole: false as const, say, bytes });
  let file: FileHandle;
  try {
    file = await open(
      segmentPath(repositoryPath, sealed.n),
      constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
    );
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (["ENOENT", "ENOTDIR"].includes(code)) return broken(`${name} is missing.`);
    if (["ELOOP", "ENXIO", "EACCES", "EIO"].includes(code))
      return broken(`${name} cannot be opened (${code}).`);
    throw error;
  }
  try {
    const found = await file.stat();
    if (!found.isFile()) return broken(`${name} is no plain file.`);
    if (found.size !== sealed.size)
      return broken(`${name} has ${found.size} bytes; sealed were ${sealed.size}.`);
    const checksums = new SegmentChecksums();
    const digest = createHash("sha256");
    const piece = Buffer.allocUnsafeSlow(Math.min(PIECE_BYTES, Math.max(1, found.size)));
    let bytes = 0;
    for (;;) {
      if (signal.aborted) throw new KeeperRefuses("cancelled", "It was cancelled.");
      const { bytesRead } = await file.read(piece, 0, piece.length, bytes);
      if (bytesRead === 0) break;
      bytes += bytesRead;
      const read = piece.subarray(0, bytesRead);
      checksums.push(read);
      digest.update(read);
    }
    const fault = checksums.end();
    if (fault) return broken(`${name} is damaged at byte ${fault.offset}: ${WORDS[fault.what]}.`, bytes);
    const sha256 = digest.digest("hex");
    if (before !== null && before !== sha256)
      return broken(`${name} is not what it was: its checksums fit, its digest is another one.`, bytes);
    return { whole: true, sha256, bytes };
  } catch (error) {
    // The disk itself says that it cannot read: that is what a check is for.
    if (error instanceof Error && "code" in error && error.code === "EIO")
      return broken(`${name} cannot be read from the disk (input/output error).`);
    throw error;
  } finally {
    await file.close();
  }
}
