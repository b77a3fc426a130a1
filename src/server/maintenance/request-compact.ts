import type { Authorized } from "~/domain/permission";
import { sayQuarantined } from "~/domain/quarantine-words";
import { Refusal } from "~/domain/refusal";
import { demandNoSuspicion } from "../archives/anomaly/retention-hold";
import type { Ctx } from "../context";
import { enqueueOnce } from "../jobs/enqueue-once";
import { appendEntry } from "../journal/append-entry";
import { findLivingRepository } from "../repositories/find-living-repository";

/**
 * Asks for a repository to be compacted: what has been in the trash longer than the window goes for good. The keeper decides whether it may
 * be. Asking twice answers the job that waits or runs. Refuses not-found, repository-quarantined,
 * retention-held.
 */
export async function requestCompact(
  ctx: Ctx,
  may: Authorized<"maintenance">,
  input: { repositoryId: string },
): Promise<{ jobId: string }> {
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const { heldAt, name, ...ids } = await findLivingRepository(inTx, may, input);
    if (heldAt)
      throw new Refusal("repository-quarantined", { say: sayQuarantined(name, "compact after that.") });
    await demandNoSuspicion(inTx, ids.repositoryId);
    const { jobId } = await enqueueOnce(
      inTx,
      { kind: "compact", ...ids, payload: {} },
      { unless: "unfinished" },
    );
    await appendEntry(inTx, {
      action: "vault.compact.asked",
      say: `Asked to compact repository ${name}.`,
      ...ids,
      detail: { jobId },
    });
    return { jobId };
  });
}
