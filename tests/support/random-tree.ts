import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Files of 4 MiB that neither compress nor deduplicate, so that a backup of them takes its time. */
export function writeRandomTree(folder: string, { megabytes }: { megabytes: number }): void {
  mkdirSync(folder, { recursive: true });
  for (let index = 0; index * 4 < megabytes; index++)
    writeFileSync(join(folder, `random-${index}`), randomBytes(4 * 1024 * 1024));
}
