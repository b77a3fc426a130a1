import { type FileHandle, open } from "node:fs/promises";
import { beginEnvelope, END_MARK, PIECE_BYTES } from "./envelope";

/** Kinds of records inside the envelope: a piece of the server's own part, the name of a file, a piece of that file, the end. */
export const RECORDS = { server: 1, file: 2, bytes: 3, end: 4 } as const;
export type RecordKind = keyof typeof RECORDS;

/** A record's kind and its length as 32 bits. */
export const RECORD_HEADER_BYTES = 5;
export const LARGEST_RECORD_BYTES = 16 * 1024 * 1024;

/**
 * Writes a new self-backup file, record by record, each on its way to the disk encrypted: nothing of it is ever there in the clear. `finish`
 * resolves when all of it survives a power cut.
 */
export async function writeSealed(path: string, recoveryKey: Buffer, madeAt: Date) {
  const file = await open(path, "wx", 0o600);
  const { line, seal } = beginEnvelope(recoveryKey, madeAt);
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let bytes = 0;
  const write = async (data: Buffer) => {
    await writeAll(file, data);
    bytes += data.length;
  };
  try {
    await write(line);
  } catch (error) {
    await file.close();
    throw error;
  }
  return {
    async add(kind: RecordKind, content: Buffer): Promise<void> {
      const header = Buffer.alloc(RECORD_HEADER_BYTES);
      header.writeUInt8(RECORDS[kind], 0);
      header.writeUInt32BE(content.length, 1);
      waiting.push(header, content);
      waitingBytes += header.length + content.length;
      if (waitingBytes <= PIECE_BYTES) return;
      const plain = Buffer.concat(waiting);
      let at = 0;
      // Strictly more than a piece: the last one is sealed as the last, and is never empty.
      for (; plain.length - at > PIECE_BYTES; at += PIECE_BYTES)
        await write(seal(plain.subarray(at, at + PIECE_BYTES), false));
      waiting = [plain.subarray(at)];
      waitingBytes = plain.length - at;
    },
    async finish(): Promise<number> {
      await write(seal(Buffer.concat(waiting), true));
      await write(END_MARK);
      await file.sync();
      return bytes;
    },
    close: () => file.close(),
  };
}

async function writeAll(file: FileHandle, data: Buffer): Promise<void> {
  for (let at = 0; at < data.length; ) at += (await file.write(data, at)).bytesWritten;
}
