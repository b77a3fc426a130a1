import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { StoragePaths } from "../paths";
import { syncPath } from "../sync-path";
import { writeAtomically } from "../write-atomically";

const moveRecord = z.object({
  clientId: z.string().regex(/^[a-z0-9]{1,20}$/),
  /** Names of locations. */
  from: z.string(),
  to: z.string(),
  startedAt: z.string(),
  /** False: `from` is the true place, and what lies at `to` is a copy under way. True: the other way round. One write changes it. */
  switched: z.boolean(),
  /** Name of the folder where the old place is kept afterwards. */
  kept: z.string(),
});
export type MoveRecord = z.output<typeof moveRecord>;

/** Which place of a repository is the true one while it is moved, in `keeper/moves/<id>.json`; null: it is not being moved. */
export async function readMove(paths: StoragePaths, repositoryId: string): Promise<MoveRecord | null> {
  try {
    return moveRecord.parse(JSON.parse(await readFile(pathOf(paths, repositoryId), "utf8")));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

export async function writeMove(paths: StoragePaths, repositoryId: string, move: MoveRecord): Promise<void> {
  await mkdir(paths.moves, { recursive: true, mode: 0o700 });
  await writeAtomically(pathOf(paths, repositoryId), `${JSON.stringify(move)}\n`, 0o600);
}

/** The last step of a move, done or undone. May run twice. */
export async function forgetMove(paths: StoragePaths, repositoryId: string): Promise<void> {
  await rm(pathOf(paths, repositoryId), { force: true });
  await syncPath(paths.moves);
}

/** Ids of the repositories whose move is not over. */
export async function listMoves(paths: StoragePaths): Promise<string[]> {
  const names = await readdir(paths.moves).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return names.flatMap((name) => /^([a-z0-9]{1,20})\.json$/.exec(name)?.[1] ?? []);
}

const pathOf = (paths: StoragePaths, repositoryId: string) => join(paths.moves, `${repositoryId}.json`);
