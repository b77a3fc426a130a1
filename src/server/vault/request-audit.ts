import type { Authorized } from "~/domain/permission";
import type { Ctx } from "../context";
import { enqueueOnce } from "../jobs/enqueue-once";
import { appendEntry } from "../journal/append-entry";
import { findLivingRepository } from "../repositories/find-living-repository";

/** Asks for an audit now. Asking twice answers the one that waits. Refuses not-found. */
export async function requestAudit(
  ctx: Ctx,
  may: Authorized<"maintenance">,
  input: { repositoryId: string },
): Promise<{ jobId: string }> {
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const { clientId, repositoryId, name } = await findLivingRepository(inTx, may, input);
    const ids = { clientId, repositoryId };
    const queued = await enqueueOnce(inTx, { kind: "audit", ...ids, payload: {} }, { unless: "waiting" });
    await appendEntry(inTx, {
      action: "vault.audit.asked",
      say: `Asked for an audit of repository ${name} now.`,
      ...ids,
      detail: queued,
    });
    return queued;
  });
}
