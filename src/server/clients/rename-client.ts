import { and, eq, isNull } from "drizzle-orm";
import type { Authorized } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { clients } from "../db/schema/clients";
import { violates } from "../db/violates";
import { nameTaken } from "./create-client";

/** Gives a client another name; ids, accounts and paths stay. Refuses `name-taken` like `createClient`. */
export async function renameClient(
  ctx: Ctx,
  client: Authorized<"manage-clients">,
  input: { name: string },
): Promise<void> {
  try {
    await ctx.db.transaction(async (tx) => {
      const renamed = await tx
        .update(clients)
        .set({ name: input.name })
        .where(and(eq(clients.id, client.clientId), isNull(clients.removedAt)))
        .returning({ id: clients.id });
      if (renamed.length === 0) throw new Refusal("not-found", { say: "This client was removed." });
      await announce(tx, { entity: "client", id: client.clientId, clientId: client.clientId });
    });
  } catch (error) {
    if (violates(error, "clients_living_name")) throw nameTaken(input.name);
    throw error;
  }
}
