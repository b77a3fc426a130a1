import { eq } from "drizzle-orm";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { clients } from "../db/schema/clients";

/** Notes that the keeper has made the client's account and written its key. May run twice. */
export async function markProvisioned(ctx: Ctx, input: { clientId: string; sshUser: string }): Promise<void> {
  await ctx.db
    .update(clients)
    .set({ provisionedAt: ctx.now, provisionProblem: null, sshUser: input.sshUser })
    .where(eq(clients.id, input.clientId));
  await announce(ctx.db, { entity: "client", id: input.clientId, clientId: input.clientId });
}

/** Notes why the keeper could not; `problem` is for the person. */
export async function markProvisionFailed(
  ctx: Ctx,
  input: { clientId: string; problem: string },
): Promise<void> {
  await ctx.db.update(clients).set({ provisionProblem: input.problem }).where(eq(clients.id, input.clientId));
  await announce(ctx.db, { entity: "client", id: input.clientId, clientId: input.clientId });
}
