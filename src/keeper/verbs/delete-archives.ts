import { archiveLocation } from "../archive-location";
import type { Verb } from "../keeper";
import { removeStaleLocks, settleFolders, settleOwnership } from "../repository-ownership";
import { runServerBorg } from "../run-server-borg";
import { listArchives } from "./list-archives";

const DELETE_LIMIT_SECONDS = 3600;
const SESSION_PATIENCE_MS = 5_000;

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
  const release = await keeper.leases.takeSoon(repositoryId, SESSION_PATIENCE_MS, signal);
  try {
    await removeStaleLocks(path);
    if (keeper.root) await settleFolders(path, accounts);
    // borg takes a missing archive for a warning, so it is asked first; the lease keeps the answer true.
    const { archives } = await listArchives(keeper, { clientId, repositoryId, passphrase }, signal);
    const present = new Set(archives.map((archive) => archive.name));
    for (const archiveName of new Set(input.archiveNames)) {
      const location = archiveLocation(path, archiveName);
      if (!present.has(archiveName)) {
        missing.push(archiveName);
        continue;
      }
      await runServerBorg(keeper, {
        ...{ clientId, repositoryId, passphrase, signal, limitSeconds: DELETE_LIMIT_SECONDS },
        args: ["delete", "--lock-wait=60", "--", location],
      });
      deleted.push(archiveName);
    }
    return { deleted, missing };
  } finally {
    // Also after a failure: what borg has written until then must not keep the client out.
    await removeStaleLocks(path);
    if (keeper.root) await settleOwnership(path, accounts);
    release();
  }
};
