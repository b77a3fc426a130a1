import { readFile, rm } from "node:fs/promises";
import type { Keeper } from "../keeper";
import { ID_FILE_HEADER } from "./id-file";
import { folderSince, foldersSince, listIds, transactionOf } from "./known-folders";
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
