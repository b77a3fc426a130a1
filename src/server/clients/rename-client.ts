import { and, eq, isNull } from "drizzle-orm";
import type { Authorized } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { clients } from "../db/schema/clients";
import { violates } from "../db/violates";
import { appendEntry } from "../journal/append-entry";
import { nameTaken } from "./create-client";

/** Gives a client another name; ids, accounts and paths stay. Refuses `name-taken` like `createClient`. */
export async function renameClient(
  ctx: Ctx,
  client: Authorized<"manage-clients">,
  input: { name: string },
): Promise<void> {
  try {
    await ctx.db.transaction(async (tx) => {
      const living = and(eq(clients.id, client.clientId), isNull(clients.removedAt));
      const [before] = await tx
        .select({ name: clients.name })
        .from(clients)
        .where(living)
        .for("no key update");
      if (!before) throw new Refusal("not-found", { say: "This client was removed." });
      if (before.name === input.name) return;
      await tx.update(clients).set({ name: input.name }).where(living);
      await announce(tx, { entity: "client", id: client.clientId, clientId: client.clientId });
      await appendEntry(
        { ...ctx, db: tx },
        {
          action: "client.renamed",
          say: `Renamed the client ${before.name} to ${input.name}.`,
          clientId: client.clientId,
          detail: { before: { name: before.name }, after: { name: input.name } },
        },
      );
    });
  } catch (error) {
    if (violates(error, "clients_living_name")) throw nameTaken(input.name);
    throw error;
  }
}
