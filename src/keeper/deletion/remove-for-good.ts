import { chmod, chown, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { dropSealedView, viewPath } from "../check/sealed-view";
import type { Keeper } from "../keeper";
import { KeeperRefuses } from "../refusal";
import { endServerBorgs } from "../vault/end-processes";
import { foldersSince } from "../vault/known-folders";
import { isQuiet } from "../vault/quiet";
import { listSegments } from "../vault/segment-files";
import { whenMissing } from "../when-missing";
import type { DeletionMark } from "./deletion-mark";
import { beginDeletion } from "./mark-for-deletion";

const SESSION_PATIENCE_MS = 5_000;
const LAST_PROCESS_MS = 20_000;

/** Written before anything is removed, and needed to go on after a crash: they go last. */
const LAST_FILES = ["repository.json", "deletion.json"];

/**
 * Removes a repository and everything the vault keeps of it. The caller has found that its time is over. The folder is first put under a name
 * that only root enters, with no process of the client left, so nothing in it can lead us elsewhere while it is removed. May run twice.
 */
export async function removeForGood(
  keeper: Keeper,
  ids: { clientId: string; repositoryId: string },
  mark: DeletionMark,
  signal: AbortSignal,
): Promise<{ freedBytes: number }> {
  const { clientId, repositoryId } = ids;
  const { paths, repositories } = keeper;
  const path = paths.repository(clientId, repositoryId);
  const release = await keeper.leases.maintain(repositoryId, SESSION_PATIENCE_MS, signal);
  try {
    if (!(await isQuiet(keeper, clientId, LAST_PROCESS_MS)))
      throw new KeeperRefuses(
        "session-open",
        "The client is connected. Try again when its session has ended.",
      );
    await beginDeletion(keeper, repositoryId, mark);
    const record = repositories.find(repositoryId);
    // Without borg's id nobody is let in and nothing audits it.
    if (record?.borgId) await repositories.write(repositoryId, { ...record, borgId: null });
    keeper.audits.hasEnded(repositoryId);
    await endServerBorgs(keeper, repositoryId);
    await dropSealedView(keeper, ids);
    keeper.atStep("delete:begun");
    const gone = `${path}.deleted`;
    await rename(path, gone).catch(whenMissing);
    if (keeper.root) await chown(gone, 0, 0).catch(whenMissing);
    await chmod(gone, 0o700).catch(whenMissing);
    let freedBytes = 0;
    for (const { size } of (await listSegments(gone, signal)).values()) freedBytes += size;
    for (const folder of [gone, viewPath(path), `${path}.quarantine`, `${path}.building`, `${path}.rebuilt`])
      await removeTree(folder);
    // Of one in another location: the link. Of one that lay there itself: nothing any more.
    await removeTree(paths.servedRepository(clientId, repositoryId));
    keeper.atStep("delete:repository-gone");
    for (const folder of [paths.knownObjects(clientId, repositoryId), ...(await foldersSince(paths, ids))])
      await removeTree(folder);
    await removeTree(paths.borgBase(repositoryId));
    const vault = paths.vault(repositoryId);
    for (const name of await readdir(vault))
      if (!LAST_FILES.includes(name)) await removeTree(join(vault, name));
    keeper.atStep("delete:vault-gone");
    await repositories.forget(repositoryId);
    return { freedBytes };
  } finally {
    release();
  }
}

const removeTree = (path: string) => rm(path, { recursive: true, force: true });
