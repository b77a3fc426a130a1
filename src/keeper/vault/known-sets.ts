import { readdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Keeper } from "../keeper";
import type { StoragePaths } from "../paths";
import { ID_FILE_HEADER } from "./id-file";
import { KnownObjects } from "./known-objects";

type Ids = { clientId: string; repositoryId: string };

/** Objects that the seal in force covers. What an audit reads since then is judged against these. */
export function sealedObjects(keeper: Keeper, ids: Ids): KnownObjects {
  return new KnownObjects(keeper.paths.knownObjects(ids.clientId, ids.repositoryId), ownerOf(keeper, ids));
}

/** Objects that audits found since a state and that are not sealed yet. The gate needs both, another audit reads these once more. */
export function objectsSince(keeper: Keeper, ids: Ids, transaction: number): KnownObjects {
  return new KnownObjects(folderSince(keeper.paths, ids, transaction), ownerOf(keeper, ids));
}

/** Every list of ids that the gate must know. */
export async function knownFiles(paths: StoragePaths, ids: Ids): Promise<string[]> {
  const folders = [paths.knownObjects(ids.clientId, ids.repositoryId), ...(await foldersSince(paths, ids))];
  const lists = await Promise.all(folders.map((folder) => listIds(folder)));
  return lists.flat();
}

/**
 * After a seal: what was found since the seal before it is sealed now. May run twice, and is run once more before each audit: a crash
 * right after a seal would leave its objects among those that are not sealed.
 */
export async function sealObjects(keeper: Keeper, ids: Ids, sealed: number): Promise<void> {
  for (const folder of await foldersSince(keeper.paths, ids)) {
    if (transactionOf(folder) >= sealed) continue;
    for (const path of await listIds(folder)) {
      const content = await readFile(path);
      await sealedObjects(keeper, ids).add(content.subarray(ID_FILE_HEADER.length));
    }
    await rm(folder, { recursive: true, force: true });
  }
}

/** After maintenance or an accepted change: the objects that are stored now, all of them sealed. */
export async function rebuildObjects(keeper: Keeper, ids: Ids, signal: AbortSignal): Promise<void> {
  const { path } = keeper.repositories.get(ids.clientId, ids.repositoryId);
  await sealedObjects(keeper, ids).rebuild(path, signal);
  for (const folder of await foldersSince(keeper.paths, ids))
    await rm(folder, { recursive: true, force: true });
}

function ownerOf(keeper: Keeper, { clientId }: Ids) {
  return keeper.root ? { uid: 0, gid: keeper.clients.accountsOf(clientId).serve.gid } : null;
}

/** Beside the sealed ones; ids hold no dash, so the names are nobody else's. */
function folderSince(paths: StoragePaths, { clientId, repositoryId }: Ids, transaction: number): string {
  return `${paths.knownObjects(clientId, repositoryId)}-${transaction}`;
}

const transactionOf = (folder: string) => Number(folder.slice(folder.lastIndexOf("-") + 1));

async function foldersSince(paths: StoragePaths, { clientId, repositoryId }: Ids): Promise<string[]> {
  const parent = dirname(paths.knownObjects(clientId, repositoryId));
  const names = await namesIn(parent);
  return names
    .filter(
      (name) => name.startsWith(`${repositoryId}-`) && /^\d+$/.test(name.slice(repositoryId.length + 1)),
    )
    .map((name) => join(parent, name));
}

async function listIds(folder: string): Promise<string[]> {
  const names = await namesIn(folder);
  return names.filter((name) => name.endsWith(".ids")).map((name) => join(folder, name));
}

function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
}
