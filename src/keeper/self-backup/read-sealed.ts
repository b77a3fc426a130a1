import { type FileHandle, open } from "node:fs/promises";
import {
  END_MARK,
  type EnvelopeHeader,
  openEnvelope,
  PIECE_BYTES,
  publicHalf,
  readHeader,
  TAG_BYTES,
} from "./envelope";
import { LARGEST_RECORD_BYTES, RECORD_HEADER_BYTES, RECORDS, type RecordKind } from "./write-sealed";

/** Why a self-backup cannot be read; `message` is for the person at the terminal. */
export class SealedProblem extends Error {}

const KINDS: readonly RecordKind[] = ["server", "file", "bytes", "end"];
const SEALED_PIECE = PIECE_BYTES + TAG_BYTES;
const LONGEST_LINE = 4096;

/** One record; kinds that a later program may add are passed over by whoever reads. */
export type SealedRecord = { kind: RecordKind; content: Buffer };

/**
 * The records of a self-backup, in order, each proven to be what was written at its place before it is handed on; the end is proven too. Throws
 * SealedProblem for a file of another kind, the wrong key, one that was cut off and one in which a byte was changed.
 */
export async function* readSealed(path: string, privateKey: Buffer): AsyncGenerator<SealedRecord> {
  const file = await open(path, "r").catch((cause: NodeJS.ErrnoException) => {
    throw new SealedProblem(`${path} cannot be read (${cause.code}).`, { cause });
  });
  try {
    const { line, header } = await firstLine(file, path);
    const own = publicHalf(privateKey).toString("base64");
    if (header.recoveryKey !== own)
      throw new SealedProblem(
        `This recovery key does not open ${path}: the key is ${keyId(own)}, the file was made for ${keyId(header.recoveryKey)}.`,
      );
    yield* records(pieces(file, path, line, openEnvelope(line, header, privateKey)), path);
  } finally {
    await file.close();
  }
}

/** By what a recovery key is told from another: the first twelve letters of its public half. Stands on the paper too. */
export const keyId = (publicKey: string): string => publicKey.slice(0, 12);

async function firstLine(file: FileHandle, path: string): Promise<{ line: Buffer; header: EnvelopeHeader }> {
  const start = Buffer.alloc(LONGEST_LINE);
  const { bytesRead } = await file.read(start, 0, LONGEST_LINE, 0);
  const end = start.subarray(0, bytesRead).indexOf(10);
  const line = start.subarray(0, end + 1);
  const header = readHeader(line);
  if (!header) throw new SealedProblem(`${path} is not a self-backup of Borg Backup Server.`);
  return { line, header };
}

async function* pieces(
  file: FileHandle,
  path: string,
  line: Buffer,
  unseal: (sealed: Buffer, last: boolean) => Buffer | null,
): AsyncGenerator<Buffer> {
  const { size } = await file.stat();
  const end = size - END_MARK.length;
  const mark = Buffer.alloc(END_MARK.length);
  if (end > line.length) await file.read(mark, 0, mark.length, end);
  if (!mark.equals(END_MARK))
    throw new SealedProblem(`${path} was cut off: its end is missing. Copy it again, or take another one.`);
  for (let at = line.length; at < end; at += SEALED_PIECE) {
    const sealed = Buffer.alloc(Math.min(SEALED_PIECE, end - at));
    await file.read(sealed, 0, sealed.length, at);
    const plain = sealed.length <= TAG_BYTES ? null : unseal(sealed, at + sealed.length === end);
    if (plain === null)
      throw new SealedProblem(
        `${path} was changed: what stands from byte ${at} on is not what was written. Copy it again, or take another one.`,
      );
    yield plain;
  }
}

async function* records(source: AsyncGenerator<Buffer>, path: string): AsyncGenerator<SealedRecord> {
  const kinds = new Map<number, RecordKind>(KINDS.map((kind) => [RECORDS[kind], kind]));
  let rest: Buffer = Buffer.alloc(0);
  for await (const plain of source) {
    rest = rest.length === 0 ? plain : Buffer.concat([rest, plain]);
    while (rest.length >= RECORD_HEADER_BYTES) {
      const length = rest.readUInt32BE(1);
      if (length > LARGEST_RECORD_BYTES) throw new SealedProblem(`${path} holds a record that is too large.`);
      if (rest.length < RECORD_HEADER_BYTES + length) break;
      const kind = kinds.get(rest.readUInt8(0));
      if (kind) yield { kind, content: rest.subarray(RECORD_HEADER_BYTES, RECORD_HEADER_BYTES + length) };
      rest = rest.subarray(RECORD_HEADER_BYTES + length);
    }
  }
  if (rest.length > 0) throw new SealedProblem(`${path} ends within a record.`);
}
