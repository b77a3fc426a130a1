import type { Keeper } from "../keeper";
import { readHold } from "./hold";
import { recoverMaintenance } from "./maintenance-intent";
import { enforceHold } from "./quarantine";

/** How often every repository is looked at again, also when nothing happened: files may change without a session. */
const AUDIT_AGAIN_MS = 6 * 3600 * 1000;

/**
 * For the keeper's start, before anybody can reach it: brings to an end what a crash interrupted, and makes every repository due for an
 * audit, now and from time to time. One repository's trouble does not keep the others waiting. Returns what ends the timer.
 */
export async function resumeVault(keeper: Keeper): Promise<() => void> {
  const repositories = keeper.repositories.all();
  await Promise.all(
    repositories.map((ids) =>
      resume(keeper, ids).catch((error) => {
        console.error(`the vault of repository ${ids.repositoryId} could not be resumed:`, error);
      }),
    ),
  );
  if (!keeper.layers.audit) return () => undefined;
  const allAreDue = () => {
    for (const { repositoryId } of keeper.repositories.all()) keeper.audits.isDue(repositoryId);
  };
  allAreDue();
  const timer = setInterval(allAreDue, AUDIT_AGAIN_MS);
  return () => clearInterval(timer);
}

async function resume(keeper: Keeper, ids: { clientId: string; repositoryId: string }) {
  const { leases } = keeper;
  // A session that still runs began after any maintenance had ended.
  if (!leases.isHeld(ids.repositoryId, "read") && !leases.isHeld(ids.repositoryId, "write")) {
    const release = leases.take(ids.repositoryId, "maintain");
    try {
      await recoverMaintenance(keeper, ids);
    } finally {
      release();
    }
  }
  const hold = await readHold(keeper.paths, ids.repositoryId);
  if (hold) await enforceHold(keeper, ids, hold.evidence);
}
