import { userInfo } from "node:os";
import { eq } from "drizzle-orm";
import { Refusal } from "~/domain/refusal";
import { env } from "~/env";
import type { SshTarget } from "~/protocol/v1";
import type { Ctx } from "../context";
import { clients } from "../db/schema/clients";
import { systemNodeStatus } from "../db/schema/system";

/** Where a client's agent reaches its storage node, as far as it is known: host keys are empty until the node has reported. */
export async function sshTarget(ctx: Ctx, clientId: string): Promise<SshTarget> {
  const [found] = await ctx.db
    .select({ sshUser: clients.sshUser, status: systemNodeStatus.status })
    .from(clients)
    .leftJoin(systemNodeStatus, eq(systemNodeStatus.storageNodeId, clients.storageNodeId))
    .where(eq(clients.id, clientId));
  // Before the account is made its name is known already: one per client as root, else the one account that runs everything.
  const account = found?.status?.root === false ? userInfo().username : `bbs-${clientId}`;
  return {
    host: env().sshHost,
    port: env().sshPort,
    user: found?.sshUser ?? account,
    hostKeys: found?.status?.sshHostKeys ?? [],
  };
}

/** The same, for an agent, which must pin a host key. Refuses `storage-unavailable` until the storage node has reported its keys. */
export async function pinnedSshTarget(ctx: Ctx, clientId: string): Promise<SshTarget> {
  const target = await sshTarget(ctx, clientId);
  if (target.hostKeys.length === 0) {
    throw new Refusal("storage-unavailable", {
      say: "The storage node has not reported its host keys yet. Try again in a minute.",
    });
  }
  return target;
}
