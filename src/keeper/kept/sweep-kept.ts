import type { Keeper } from "../keeper";
import { listMoves } from "../move/move-record";
import { forgetRepair, readRepair } from "../repair/repair-record";
import { sweepKept } from "./kept-copy";

const SWEEP_AGAIN_MS = 6 * 3600 * 1000;

/** Removes, now and from time to time, what was kept long enough. A repair that nobody has decided on keeps its copy. Returns what ends it. */
export function sweepFromTimeToTime(keeper: Keeper): () => void {
  const sweep = () =>
    sweepOnce(keeper).catch((error) => console.error("what was kept could not be swept:", error));
  // Nobody waits for it: removing a large repository takes its time.
  void sweep();
  const timer = setInterval(() => void sweep(), SWEEP_AGAIN_MS);
  return () => clearInterval(timer);
}

async function sweepOnce(keeper: Keeper): Promise<void> {
  const moving = new Set(await listMoves(keeper.paths));
  await sweepKept(
    keeper,
    async (kept, name) => {
      // Whoever works on the repository may be about to put it back.
      if (moving.has(kept.repositoryId) || keeper.leases.isHeld(kept.repositoryId, "maintain")) return true;
      const repair = await readRepair(keeper.paths, kept.repositoryId);
      if (repair?.kept !== name) return false;
      return repair.state !== "accepted";
    },
    async (kept, name) => {
      const repair = await readRepair(keeper.paths, kept.repositoryId);
      // Without its copy it cannot be undone.
      if (repair?.kept === name) await forgetRepair(keeper.paths, kept.repositoryId);
    },
  );
}
