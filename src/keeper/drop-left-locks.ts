import { lstat } from "node:fs/promises";
import { join } from "node:path";
import type { Clients } from "./clients";
import type { Leases } from "./lease";
import { KeeperRefuses } from "./refusal";
import { removeStaleLocks } from "./repository-ownership";
import type { RepositoryRecords } from "./repository-records";

/** Whoever is in by then leaves a lock of its own, and drops this one when it goes. */
const PATIENCE_MS = 10_000;

/**
 * Removes the lock that a session left behind whose borg was killed: the next backup would find it, break it and end with a warning. One
 * that stood there before `since` is not the session's, and stays until a person has it broken. Needs the lease for a moment.
 */
export async function dropLeftLocks(
  parts: { clients: Clients; repositories: RepositoryRecords; leases: Leases; root: boolean },
  { clientId, repositoryId }: { clientId: string; repositoryId: string },
  since: Date,
): Promise<void> {
  // A parcel: nobody writes to it, so there is no lock.
  if (parts.repositories.find(repositoryId) === null) return;
  try {
    const { path } = parts.repositories.get(clientId, repositoryId);
    const names = ["lock.exclusive", "lock.roster"];
    const found = await Promise.all(names.map((name) => lstat(join(path, name)).catch(() => null)));
    if (!found.some((lock) => lock !== null && lock.mtime >= since)) return;
    const never = new AbortController().signal;
    const release = await parts.leases.maintain(repositoryId, PATIENCE_MS, never);
    try {
      await removeStaleLocks(path, parts.clients.accountsOf(clientId), parts.root);
    } finally {
      release();
    }
  } catch (error) {
    // Deleted meanwhile, or somebody is in.
    if (!(error instanceof KeeperRefuses)) throw error;
  }
}
