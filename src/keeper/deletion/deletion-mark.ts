import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { DAY_MS } from "~/domain/compaction-gate";
import type { StoragePaths } from "../paths";
import { KeeperRefuses } from "../refusal";

const deletionMark = z.object({
  markedAt: z.string(),
  graceDays: z.number().int().nonnegative(),
  /** Deleting has begun: there is no way back. */
  begun: z.boolean(),
});
export type DeletionMark = z.output<typeof deletionMark>;

/** That a repository is to be deleted, in `vault/<id>/deletion.json`; null: it is not. */
export async function readMark(paths: StoragePaths, repositoryId: string): Promise<DeletionMark | null> {
  try {
    return deletionMark.parse(JSON.parse(await readFile(markPath(paths, repositoryId), "utf8")));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

/** Refuses new backups into a repository that is going to be deleted: they would go with it. */
export async function demandNotMarked(paths: StoragePaths, repositoryId: string): Promise<void> {
  const mark = await readMark(paths, repositoryId);
  if (mark === null) return;
  throw new KeeperRefuses(
    "not-allowed",
    `this repository is deleted on ${endOf(mark).slice(0, 10)}. Undo that in the console to back up into it again.`,
  );
}

/** When its time is over by the wall clock. */
export const endOf = ({ markedAt, graceDays }: DeletionMark) =>
  new Date(Date.parse(markedAt) + graceDays * DAY_MS).toISOString();

/** Where the mark lies. */
export const markPath = (paths: StoragePaths, repositoryId: string) =>
  join(paths.vault(repositoryId), "deletion.json");
