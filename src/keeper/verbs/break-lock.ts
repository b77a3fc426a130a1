import { lstat } from "node:fs/promises";
import { join } from "node:path";
import type { Keeper, Verb } from "../keeper";
import { processesOfUser } from "../processes";
import { KeeperRefuses } from "../refusal";
import { removeStaleLocks } from "../repository-ownership";
import { isQuiet } from "../vault/quiet";

/** The last process of a session is gone a moment after it. */
const LAST_PROCESS_MS = 5_000;

/**
 * Removes a repository's locks, but only with proof that nobody is in: no open session of the client in our own ledger, no lease of
 * anybody's work, and, as root, no living process of either of its two accounts. Refuses `session-open` and
 * `repository-locked` with what was found. Nobody can get in while it looks.
 */
export const breakLock: Verb<"break-lock"> = async (keeper, { clientId, repositoryId }) => {
  const { path } = keeper.repositories.get(clientId, repositoryId);
  const accounts = keeper.clients.accountsOf(clientId);
  const release = keeper.leases.take(repositoryId, "maintain");
  try {
    await isQuiet(keeper, clientId, LAST_PROCESS_MS);
    const processes = await demandNobody(keeper, clientId);
    const locks = await standingLocks(path);
    await removeStaleLocks(path, accounts, keeper.root);
    const left = await standingLocks(path);
    if (left.length > 0)
      throw new KeeperRefuses("fault", `The lock ${left[0]?.name} could not be removed. Look at its owner.`);
    return { removed: locks, openSessions: 0, livingProcesses: processes };
  } finally {
    release();
  }
};

/** Null: without root the accounts are one, and only the session ledger can be asked. */
async function demandNobody(keeper: Keeper, clientId: string): Promise<number | null> {
  const sessions = keeper.sessions.countOf(clientId);
  if (sessions > 0)
    throw new KeeperRefuses(
      "session-open",
      `The lock stays: ${sessions === 1 ? "a session" : `${sessions} sessions`} of this client ${sessions === 1 ? "is" : "are"} open.`,
    );
  if (!keeper.root) return null;
  for (const account of Object.values(keeper.clients.accountsOf(clientId))) {
    const living = await processesOfUser(account.uid);
    if (living.length === 0) continue;
    const pids = living.map(({ pid }) => pid).slice(0, 10);
    throw new KeeperRefuses(
      "session-open",
      `The lock stays: ${account.name} has living processes on the storage server (${pids.join(", ")}).`,
    );
  }
  return 0;
}

/** What stands where borg puts its locks, and since when. Only looked at: the client's account can put anything there. */
async function standingLocks(path: string): Promise<{ name: string; since: string }[]> {
  const found = await Promise.all(
    ["lock.exclusive", "lock.roster"].map(async (name) => {
      const one = await lstat(join(path, name)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return null;
        throw error;
      });
      return one && { name, since: one.mtime.toISOString() };
    }),
  );
  return found.filter((one) => one !== null);
}
