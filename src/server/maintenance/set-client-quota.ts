import { eq } from "drizzle-orm";
import type { Authorized } from "~/domain/permission";
import { type ClientQuotas, saveQuotas } from "../clients/save-quotas";
import type { Ctx } from "../context";
import { clients } from "../db/schema/clients";
import { enqueueJob } from "../jobs/enqueue-job";
import type { Keeper } from "../keeper-port";

/**
 * Sets both quotas of a client. The soft one, which only warns, holds at once; the storage node enforces the hard one from the end of the job
 * that is answered (null: nothing is to be told; a machine without an account there brings its quota when it gets one). Refuses not-found.
 */
export async function requestClientQuotas(
  ctx: Ctx,
  may: Authorized<"manage-clients">,
  input: ClientQuotas,
): Promise<{ jobId: string | null }> {
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const { changed, provisioned } = await saveQuotas(inTx, may, input);
    if (!changed || !provisioned) return { jobId: null };
    const { jobId } = await enqueueJob(inTx, {
      ...{ kind: "set-client-quota", clientId: may.clientId },
      payload: { quotaBytes: input.quotaBytes },
    });
    return { jobId };
  });
}

/** Has the keeper put the quota into force that stands here now: of two that were asked for, the later one. May run twice. */
export async function setClientQuota(
  ctx: Ctx,
  keeper: Keeper,
  input: { clientId: string },
): Promise<{ quotaBytes: number | null; usedBytes: number }> {
  const [client] = await ctx.db
    .select({ quotaBytes: clients.quotaBytes })
    .from(clients)
    .where(eq(clients.id, input.clientId));
  const quotaBytes = client?.quotaBytes ?? null;
  const { usedBytes } = await keeper.call("set-client-quota", { clientId: input.clientId, quotaBytes });
  return { quotaBytes, usedBytes };
}
