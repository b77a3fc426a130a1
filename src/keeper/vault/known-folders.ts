import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { StoragePaths } from "../paths";

type Ids = { clientId: string; repositoryId: string };

/** Every list of ids that the gate must know. */
export async function knownFiles(paths: StoragePaths, ids: Ids): Promise<string[]> {
  const folders = [paths.knownObjects(ids.clientId, ids.repositoryId), ...(await foldersSince(paths, ids))];
  const lists = await Promise.all(folders.map((folder) => listIds(folder)));
  return lists.flat();
}

/** Beside the sealed ones; ids hold no dash, so the names are nobody else's. */
export function folderSince(
  paths: StoragePaths,
  { clientId, repositoryId }: Ids,
  transaction: number,
): string {
  return `${paths.knownObjects(clientId, repositoryId)}-${transaction}`;
}

/** The state that such a folder goes on from. */
export const transactionOf = (folder: string) => Number(folder.slice(folder.lastIndexOf("-") + 1));

/** All of them. */
export async function foldersSince(paths: StoragePaths, { clientId, repositoryId }: Ids): Promise<string[]> {
  const parent = dirname(paths.knownObjects(clientId, repositoryId));
  const names = await namesIn(parent);
  return names
    .filter(
      (name) => name.startsWith(`${repositoryId}-`) && /^\d+$/.test(name.slice(repositoryId.length + 1)),
    )
    .map((name) => join(parent, name));
}

/** Paths of the lists in one folder; none when there is no folder. */
export async function listIds(folder: string): Promise<string[]> {
  const names = await namesIn(folder);
  return names.filter((name) => name.endsWith(".ids")).map((name) => join(folder, name));
}

function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
}
