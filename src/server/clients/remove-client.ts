import { and, eq, isNull } from "drizzle-orm";
import type { Authorized } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { agentKeys, clients, enrolmentTokens } from "../db/schema/clients";
import { appendEntry } from "../journal/append-entry";

/**
 * Takes a client out of the console and makes its API key and open enrolment tokens invalid at once. Its repositories and archives
 * stay. Refuses `invalid-input` unless the name was typed exactly.
 */
export async function removeClient(
  ctx: Ctx,
  client: Authorized<"manage-clients">,
  input: { typedName: string },
): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const [found] = await tx
      .select({ name: clients.name })
      .from(clients)
      .where(and(eq(clients.id, client.clientId), isNull(clients.removedAt)))
      .for("no key update");
    if (!found) throw new Refusal("not-found", { say: "This client was removed already." });
    if (found.name !== input.typedName) {
      throw new Refusal("invalid-input", {
        say: `Type the name ${found.name} exactly to remove this client.`,
      });
    }
    await tx.update(clients).set({ removedAt: ctx.now }).where(eq(clients.id, client.clientId));
    await tx
      .update(agentKeys)
      .set({ revokedAt: ctx.now })
      .where(and(eq(agentKeys.clientId, client.clientId), isNull(agentKeys.revokedAt)));
    await tx
      .update(enrolmentTokens)
      .set({ revokedAt: ctx.now })
      .where(and(eq(enrolmentTokens.clientId, client.clientId), isNull(enrolmentTokens.usedAt)));
    await announce(tx, { entity: "client", id: client.clientId, clientId: client.clientId });
    await appendEntry(
      { ...ctx, db: tx },
      {
        action: "client.removed",
        say: `Removed the client ${found.name}. Its repositories and archives stay.`,
        clientId: client.clientId,
        detail: { before: { name: found.name }, after: null },
      },
    );
  });
}
