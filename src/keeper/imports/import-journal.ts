import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { StoragePaths } from "../paths";
import { writeAtomically } from "../write-atomically";

const importJournal = z.object({
  /** Where it is taken from, and which folder that was: another one in its place is not ours to remove. */
  path: z.string(),
  device: z.number(),
  inode: z.number(),
  borgId: z.string(),
  startedAt: z.string(),
});
export type ImportJournal = z.output<typeof importJournal>;

/** An adoption that has begun and is not at its end, in `vault/<id>/import.json`; null: there is none. */
export async function readJournal(paths: StoragePaths, repositoryId: string): Promise<ImportJournal | null> {
  try {
    return importJournal.parse(JSON.parse(await readFile(pathOf(paths, repositoryId), "utf8")));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

export const writeJournal = (paths: StoragePaths, repositoryId: string, journal: ImportJournal) =>
  writeAtomically(pathOf(paths, repositoryId), `${JSON.stringify(journal)}\n`, 0o600);

export const dropJournal = (paths: StoragePaths, repositoryId: string) =>
  rm(pathOf(paths, repositoryId), { force: true });

const pathOf = (paths: StoragePaths, repositoryId: string) => join(paths.vault(repositoryId), "import.json");
