import type { Authorized } from "~/domain/permission";
import type { Ctx } from "../context";
import { endBackupsOfRepository } from "../jobs/end-backups-of-repository";
import { enqueueOnce } from "../jobs/enqueue-once";
import { appendEntry } from "../journal/append-entry";
import { openIncidentToResolve } from "./incident-to-resolve";

/**
 * Asks for a repository to be put back to its last clean state; its name must be typed as it is. Backups of it that machines still claim
 * to run are failed, so that nobody can keep the way back blocked. Asking twice answers the job that waits or runs. Refuses not-found,
 * invalid-input (another name, or resolved already).
 */
export async function requestRollBack(
  ctx: Ctx,
  may: Authorized<"maintenance">,
  input: { incidentId: string; typedName: string },
): Promise<{ jobId: string }> {
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const found = await openIncidentToResolve(inTx, may, { ...input, what: "roll it back" });
    const { repositoryName, ...ids } = found;
    await endBackupsOfRepository(inTx, {
      repositoryId: ids.repositoryId,
      problem: { code: "repository-quarantined", say: "Ended, because the repository is rolled back." },
    });
    const payload = { incidentId: input.incidentId, transaction: null };
    const { jobId } = await enqueueOnce(
      inTx,
      { kind: "roll-back", ...ids, payload },
      { unless: "unfinished" },
    );
    await appendEntry(inTx, {
      action: "vault.roll-back.asked",
      say: `Asked to roll repository ${repositoryName} back to its last clean state.`,
      ...ids,
      detail: { incidentId: input.incidentId, jobId },
    });
    return { jobId };
  });
}
