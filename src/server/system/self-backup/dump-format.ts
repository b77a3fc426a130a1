import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { z } from "zod";

/** What a self-backup says of the server it is of, in front of the rows. */
export const dumpManifest = z.object({
  format: z.literal(1),
  /** Of the program that made it. */
  version: z.string(),
  madeAt: z.string(),
  /** When the newest migration of the database was made, as drizzle remembers it; the rows fit the schema of that moment. */
  migration: z.number(),
  /** In an order in which every row finds what it refers to. */
  tables: z.array(z.object({ name: z.string(), columns: z.array(z.string()).min(1) })),
  sequences: z.array(z.object({ name: z.string(), value: z.string() })),
  /** What seals the secrets among the rows. */
  appKey: z.string(),
  /** What the server was started with, for whoever starts it again. */
  settings: z.object({ appUrl: z.string(), port: z.number(), sshHost: z.string(), sshPort: z.number() }),
});
export type DumpManifest = z.output<typeof dumpManifest>;

/** The frames of a dump: the length as 32 bits, and so many bytes; one of zero bytes ends a table's rows. */
export function frame(content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, content]);
}

/** Takes a compressed dump apart into its frames. */
export async function* readFrames(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  const plain = createGunzip();
  // A failure of the source is one of what is read here, and whoever stops reading ends the source.
  pipeline(Readable.from(pieces, { objectMode: false }), plain, () => undefined);
  for await (const piece of plain) {
    rest = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    while (rest.length >= 4) {
      const end = 4 + rest.readUInt32BE(0);
      if (rest.length < end) break;
      yield rest.subarray(4, end);
      rest = rest.subarray(end);
    }
  }
  if (rest.length > 0) throw new Error("the dump ends within a frame");
}
