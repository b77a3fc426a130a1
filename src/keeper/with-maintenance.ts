import type { Keeper } from "./keeper";
import { removeStaleLocks, settleFolders, settleOwnership } from "./repository-ownership";

/** A session that is just ending is waited for: a job is done a moment before its last process is gone. */
const SESSION_PATIENCE_MS = 5_000;

/**
 * Does something to a repository that nobody else may use meanwhile: takes the lease, makes the folders ours and drops locks that nobody
 * holds; afterwards, also after a failure, gives the client back what its borg must replace. Refuses `session-open` and
 * `repository-locked`.
 */
export async function withMaintenance<T>(
  keeper: Keeper,
  { clientId, repositoryId }: { clientId: string; repositoryId: string },
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  keeper.repositories.get(clientId, repositoryId);
  const accounts = keeper.clients.accountsOf(clientId);
  const release = await keeper.leases.maintain(repositoryId, SESSION_PATIENCE_MS, signal);
  // Only now: who had the lease before may have moved it.
  const path = keeper.paths.repository(clientId, repositoryId);
  try {
    await removeStaleLocks(path, accounts, keeper.root);
    if (keeper.root) await settleFolders(path, accounts);
    return await work();
  } finally {
    try {
      await removeStaleLocks(path, accounts, keeper.root);
      if (keeper.root) await settleOwnership(path, accounts);
    } finally {
      release();
    }
  }
}
