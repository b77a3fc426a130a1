import type { Authorized } from "~/domain/permission";
import { removeClient } from "../clients/remove-client";
import type { Ctx } from "../context";
import { enqueueJob } from "../jobs/enqueue-job";

/**
 * Removes a client: its API key dies at once, the queued job takes account and SSH key away and ends open sessions. Repositories stay.
 * Refuses as `removeClient` does.
 */
export async function retireMachine(
  ctx: Ctx,
  may: Authorized<"manage-clients">,
  input: { typedName: string },
): Promise<{ jobId: string }> {
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    await removeClient(inTx, may, input);
    const { jobId } = await enqueueJob(inTx, { kind: "remove-client", clientId: may.clientId, payload: {} });
    return { jobId };
  });
}
