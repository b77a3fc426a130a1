import { eq } from "drizzle-orm";
import { markProvisioned, markProvisionFailed } from "../clients/mark-provisioned";
import type { Ctx } from "../context";
import { clients } from "../db/schema/clients";
import { type Keeper, KeeperProblem } from "../keeper-port";

/**
 * Has the keeper make a client's account and write its key, and notes the outcome. May run twice. A client that was removed since, or
 * has no key, needs no account: nothing is done.
 */
export async function provisionClient(
  ctx: Ctx,
  keeper: Keeper,
  input: { clientId: string },
): Promise<{ sshUser: string | null }> {
  const [client] = await ctx.db
    .select({
      sshPublicKey: clients.sshPublicKey,
      removedAt: clients.removedAt,
      quotaBytes: clients.quotaBytes,
    })
    .from(clients)
    .where(eq(clients.id, input.clientId));
  if (!client?.sshPublicKey || client.removedAt) return { sshUser: null };
  try {
    const made = await keeper.call("provision-client", {
      clientId: input.clientId,
      sshPublicKey: client.sshPublicKey,
    });
    if (client.quotaBytes !== null)
      await keeper.call("set-client-quota", { clientId: input.clientId, quotaBytes: client.quotaBytes });
    await ctx.db.transaction((tx) => markProvisioned({ ...ctx, db: tx }, { ...input, ...made }));
    return made;
  } catch (problem) {
    if (problem instanceof KeeperProblem && !problem.passes) {
      await ctx.db.transaction((tx) =>
        markProvisionFailed({ ...ctx, db: tx }, { ...input, problem: problem.say }),
      );
    }
    throw problem;
  }
}
