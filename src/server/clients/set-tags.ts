import { and, eq, isNull } from "drizzle-orm";
import type { Authorized } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { clients, clientTags } from "../db/schema/clients";
import { appendEntry } from "../journal/append-entry";

/**
 * Replaces a client's tags. Grants for a tag count from the next request on, so this changes who may do what: only who manages clients
 * may. Twice the same tag is one.
 */
export async function setTags(
  ctx: Ctx,
  client: Authorized<"manage-clients">,
  input: { tags: readonly string[] },
): Promise<{ tags: string[] }> {
  const { clientId } = client;
  const after = [...new Set(input.tags)].sort();
  await ctx.db.transaction(async (tx) => {
    const [found] = await tx
      .select({ name: clients.name })
      .from(clients)
      .where(and(eq(clients.id, clientId), isNull(clients.removedAt)))
      .for("no key update");
    if (!found) throw new Refusal("not-found", { say: "This client was removed." });
    const before = await tx
      .delete(clientTags)
      .where(eq(clientTags.clientId, clientId))
      .returning({ tag: clientTags.tag });
    if (after.length > 0) await tx.insert(clientTags).values(after.map((tag) => ({ clientId, tag })));
    await announce(tx, { entity: "client", id: clientId, clientId });
    await appendEntry(
      { ...ctx, db: tx },
      {
        action: "client.tags",
        say: `Changed the tags of ${found.name}.`,
        clientId,
        detail: { before: { tags: before.map(({ tag }) => tag).sort() }, after: { tags: after } },
      },
    );
  });
  return { tags: after };
}
