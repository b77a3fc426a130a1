import { and, eq, isNull } from "drizzle-orm";
import type { Ctx } from "../context";
import { clients } from "../db/schema/clients";
import { cancelJobsOfClient } from "../jobs/cancel-jobs-of-client";
import type { Keeper } from "../keeper-port";

/**
 * Has the keeper take away the account and key of a client that was removed, end its
 * sessions, and ends the jobs that its machine will never do. Repositories stay. May run twice.
 */
export async function removeAccount(ctx: Ctx, keeper: Keeper, input: { clientId: string }): Promise<void> {
  const [living] = await ctx.db
    .select({ id: clients.id })
    .from(clients)
    .where(and(eq(clients.id, input.clientId), isNull(clients.removedAt)));
  if (living) return;
  await keeper.call("remove-client", input);
  await cancelJobsOfClient(ctx, input);
}
