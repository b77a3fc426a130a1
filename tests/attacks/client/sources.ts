import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Bytes that look random and are the same each time for the same seed. */
export function seededBytes(seed: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = (seed * 2654435761 + 1) >>> 0;
  for (let at = 0; at < length; at++) {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    bytes[at] = state & 255;
  }
  return bytes;
}

/** What the victim backs up on this day: most of it is shared with the days before, some is new. */
export function writeDay(folder: string, day: number): string {
  mkdirSync(folder, { recursive: true });
  for (let part = 0; part <= day; part++)
    writeFileSync(join(folder, `part-${part}`), seededBytes(part + 1, 60_000 + part * 1000));
  writeFileSync(join(folder, "notes"), `day ${day}\n`);
  return folder;
}

/** Names of the archives that every victim has. */
export const DAYS = ["monday", "tuesday", "wednesday"] as const;
