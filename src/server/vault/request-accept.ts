import type { Authorized } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { endBackupsOfRepository } from "../jobs/end-backups-of-repository";
import { enqueueOnce } from "../jobs/enqueue-once";
import { appendEntry } from "../journal/append-entry";
import { openIncidentToResolve } from "./incident-to-resolve";

/**
 * Asks for a quarantined repository to be taken as it is; what it lost is given up. The name must be typed as it is, with a reason that
 * stays in the journal. Asking twice answers the job that waits or runs. Refuses not-found, invalid-input.
 */
export async function requestAccept(
  ctx: Ctx,
  may: Authorized<"manage-clients">,
  input: { incidentId: string; typedName: string; reason: string },
): Promise<{ jobId: string }> {
  const reason = input.reason.trim();
  if (reason.length < 3) {
    throw new Refusal("invalid-input", { say: "Say why this is right; it stays in the journal." });
  }
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const found = await openIncidentToResolve(inTx, may, { ...input, what: "accept it as it is" });
    const { repositoryName, ...ids } = found;
    await endBackupsOfRepository(inTx, {
      repositoryId: ids.repositoryId,
      problem: { code: "repository-quarantined", say: "Ended, because the repository is accepted as it is." },
    });
    const payload = { incidentId: input.incidentId, reason };
    const { jobId } = await enqueueOnce(
      inTx,
      { kind: "accept-state", ...ids, payload },
      { unless: "unfinished" },
    );
    await appendEntry(inTx, {
      action: "vault.accept.asked",
      say: `Asked to accept repository ${repositoryName} as it is: ${reason}`,
      ...ids,
      detail: { incidentId: input.incidentId, jobId, reason },
    });
    return { jobId };
  });
}
