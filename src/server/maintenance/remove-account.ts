import { and, eq, isNull } from "drizzle-orm";
import type { Ctx } from "../context";
import { clients } from "../db/schema/clients";
import type { Keeper } from "../keeper-port";

/** Has the keeper take away the account and key of a client that was removed, and end its sessions. Repositories stay. May run twice. */
export async function removeAccount(ctx: Ctx, keeper: Keeper, input: { clientId: string }): Promise<void> {
  const [living] = await ctx.db
    .select({ id: clients.id })
    .from(clients)
    .where(and(eq(clients.id, input.clientId), isNull(clients.removedAt)));
  if (!living) await keeper.call("remove-client", input);
}
