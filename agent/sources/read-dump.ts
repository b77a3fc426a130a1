import { createHash } from "node:crypto";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { z } from "zod";
import { parseJson } from "../parse-json";
import { MANIFEST_PATH } from "./databases-file";

const BLOCK = 512;
/** A manifest of some thousand databases; more is none of ours. */
const LARGEST_MANIFEST = 16 * 1024 * 1024;

const manifest = z.object({
  dumps: z.array(
    z.object({
      path: z.string().nullable(),
      bytes: z.number(),
      problem: z.string().nullable(),
      sha256: z.string().optional(),
    }),
  ),
});

/**
 * Reads `databases.tar` as it comes out of borg and writes one dump of it to `into`, at that one's pace. Answers its length once the manifest
 * at the end of the tar says that the dump was whole and these were its bytes; null when it does not, or when the stream was cut. The caller
 * must not use what was written before that. `onBytes` hears of every piece.
 */
export async function readDump(
  tar: Readable,
  dump: string,
  into: Writable,
  onBytes: (more: number) => void,
): Promise<number | null> {
  const hash = createHash("sha256");
  let bytes = 0;
  let last = "";
  let broken: Error | null = null;
  into.on("error", (error) => {
    broken ??= error;
  });
  await eachPart(tar, async (path, chunk) => {
    if (path === MANIFEST_PATH && last.length < LARGEST_MANIFEST) last += chunk.toString("utf8");
    if (!path.startsWith(`${dump}/`)) return;
    hash.update(chunk);
    bytes += chunk.length;
    onBytes(chunk.length);
    // The loader has ended early: its own words say why. The rest is read and thrown away, so that borg can end.
    if (broken || into.destroyed) return;
    if (!into.write(chunk)) {
      await Promise.race([once(into, "drain"), once(into, "close")]).catch(() => undefined);
    }
  });
  into.end();
  const parsed = manifest.safeParse(parseJson(last));
  const entry = parsed.success ? parsed.data.dumps.find(({ path }) => path === dump) : undefined;
  const whole = entry?.problem === null && entry.bytes === bytes && entry.sha256 === hash.digest("hex");
  return whole ? bytes : null;
}

/** Every piece of every member of a tar as `TarStream` writes it. */
async function eachPart(tar: Readable, on: (path: string, chunk: Buffer) => Promise<void>): Promise<void> {
  let header = Buffer.alloc(0);
  let path = "";
  /** Bytes of the member still to come, and of the zeros after it. */
  let left = 0;
  let padding = 0;
  for await (const piece of tar) {
    let rest: Buffer = piece;
    while (rest.length > 0) {
      if (left > 0) {
        const part = rest.subarray(0, left);
        left -= part.length;
        rest = rest.subarray(part.length);
        await on(path, part);
      } else if (padding > 0) {
        const skipped = Math.min(padding, rest.length);
        padding -= skipped;
        rest = rest.subarray(skipped);
      } else {
        const wanted = BLOCK - header.length;
        header = Buffer.concat([header, rest.subarray(0, wanted)]);
        rest = rest.subarray(wanted);
        if (header.length < BLOCK) continue;
        const { name, size } = readHeader(header);
        path = name;
        left = size;
        padding = (BLOCK - (size % BLOCK)) % BLOCK;
        header = Buffer.alloc(0);
      }
    }
  }
}

/** Blocks of zeros at the end read as a nameless member of no length. */
function readHeader(header: Buffer): { name: string; size: number } {
  const text = (from: number, length: number) =>
    header
      .subarray(from, from + length)
      .toString("latin1")
      .replace(/\0.*$/s, "");
  const prefix = text(345, 155);
  const size = Number.parseInt(text(124, 12), 8);
  return {
    name: prefix === "" ? text(0, 100) : `${prefix}/${text(0, 100)}`,
    size: Number.isSafeInteger(size) && size >= 0 ? size : 0,
  };
}
