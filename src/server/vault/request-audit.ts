import type { Authorized } from "~/domain/permission";
import type { Ctx } from "../context";
import { enqueueOnce } from "../jobs/enqueue-once";
import { findLivingRepository } from "../repositories/find-living-repository";

/** Asks for an audit now. Asking twice answers the one that waits. Refuses not-found. */
export async function requestAudit(
  ctx: Ctx,
  may: Authorized<"maintenance">,
  input: { repositoryId: string },
): Promise<{ jobId: string }> {
  const { clientId, repositoryId } = await findLivingRepository(ctx, may, input);
  return enqueueOnce(ctx, { kind: "audit", clientId, repositoryId, payload: {} }, { unless: "waiting" });
}
