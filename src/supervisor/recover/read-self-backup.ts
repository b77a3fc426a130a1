import { readSealed, SealedProblem } from "~/keeper/self-backup/read-sealed";
import { type DumpManifest, dumpManifest, readFrames } from "~/server/system/self-backup/dump-format";

/** A self-backup that was read to its end: every byte of it is what was written. */
export interface ReadSelfBackup {
  manifest: DumpManifest;
  /** Paths, below the data folder, of the files in it. */
  files: string[];
}

/** Reads a whole self-backup and changes nothing. Throws SealedProblem for one that is not whole, and for the wrong key. */
export async function readSelfBackup(path: string, key: Buffer): Promise<ReadSelfBackup> {
  const files: string[] = [];
  let ended = false;
  for await (const { kind, content } of readSealed(path, key)) {
    if (kind === "file") files.push(content.toString("utf8"));
    if (kind === "end") ended = true;
  }
  if (!ended) throw new SealedProblem(`${path} was cut off: its last record is missing.`);
  const { manifest, frames } = await openDump(path, key);
  await frames.return?.(undefined);
  return { manifest, files };
}

/** The database of a self-backup: what it says of itself, and the frames behind that. */
export async function openDump(
  path: string,
  key: Buffer,
): Promise<{ manifest: DumpManifest; frames: AsyncIterator<Buffer> }> {
  const frames = readFrames(serverPart(path, key))[Symbol.asyncIterator]();
  const first = await frames.next();
  if (first.done) throw new SealedProblem(`${path} holds no database.`);
  return { manifest: dumpManifest.parse(JSON.parse(first.value.toString("utf8"))), frames };
}

async function* serverPart(path: string, key: Buffer): AsyncGenerator<Buffer> {
  for await (const { kind, content } of readSealed(path, key)) if (kind === "server") yield content;
}
