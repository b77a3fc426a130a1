import { setTimeout as wait } from "node:timers/promises";
import type { Keeper } from "../keeper";
import { processesOfUser } from "../processes";

/** A session's last process (sshd's own) is gone a moment after its gate. */
const PATIENCE_MS = 2_000;
const LOOK_AGAIN_MS = 50;

/**
 * Whether nothing of a client runs here that could hold a file open for writing. As root: no process of its account, whatever it is.
 * Else only the sessions we know of can be asked for. A client whose session has just ended is waited for.
 */
export async function isQuiet(keeper: Keeper, clientId: string, patienceMs = PATIENCE_MS): Promise<boolean> {
  for (let waitedMs = 0; ; waitedMs += LOOK_AGAIN_MS) {
    if (keeper.sessions.countOf(clientId) > 0) return false;
    if (!keeper.root) return true;
    const { serve } = keeper.clients.accountsOf(clientId);
    if ((await processesOfUser(serve.uid)).length === 0) return true;
    if (waitedMs >= patienceMs) return false;
    await wait(LOOK_AGAIN_MS);
  }
}
