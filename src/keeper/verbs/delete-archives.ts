import { archiveLocation } from "../archive-location";
import type { Verb } from "../keeper";
import { KeeperRefuses } from "../refusal";
import { removeStaleLocks, settleFolders, settleOwnership } from "../repository-ownership";
import { runServerBorg } from "../run-server-borg";

const DELETE_LIMIT_SECONDS = 3600;

/**
 * Deletes by name, one borg each, so that a name can never become a pattern and a cancelled call has deleted a known part. The lease keeps
 * sessions out meanwhile. borg only marks the space as free; a later compaction gives it back.
 */
export const deleteArchives: Verb<"delete-archives"> = async (keeper, input, signal) => {
  const { clientId, repositoryId, passphrase } = input;
  const { path } = keeper.repositories.get(clientId, repositoryId);
  const accounts = keeper.clients.accountsOf(clientId);
  const deleted: string[] = [];
  const missing: string[] = [];
  const release = keeper.leases.take(repositoryId);
  try {
    await removeStaleLocks(path);
    if (keeper.root) await settleFolders(path, accounts);
    for (const archiveName of new Set(input.archiveNames)) {
      const location = archiveLocation(path, archiveName);
      try {
        await runServerBorg(keeper, {
          ...{ clientId, repositoryId, passphrase, signal, limitSeconds: DELETE_LIMIT_SECONDS },
          // --stats makes 1.2.4 read the chunk cache for nothing; without --force a damaged archive is an error.
          args: ["delete", "--lock-wait=60", "--", location],
        });
        deleted.push(archiveName);
      } catch (error) {
        if (!(error instanceof KeeperRefuses && error.code === "archive-missing")) throw error;
        missing.push(archiveName);
      }
    }
    return { deleted, missing };
  } finally {
    // Also after a failure: what borg has written until then must not keep the client out.
    await removeStaleLocks(path);
    if (keeper.root) await settleOwnership(path, accounts);
    release();
  }
};
