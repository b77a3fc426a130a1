import { and, eq, isNull } from "drizzle-orm";
import type { Authorized } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { clients } from "../db/schema/clients";
import { appendEntry } from "../journal/append-entry";

export interface ClientQuotas {
  /** Hard: nothing more is written beyond it. Null: no limit. */
  quotaBytes: number | null;
  /** Soft: an alert. Null: no limit. */
  softQuotaBytes: number | null;
}

/**
 * Writes both quotas of a client over all its repositories. The storage node must be told of the hard one: the caller queues that for a
 * client that has an account there (`provisioned`). Refuses `not-found` for a removed one.
 */
export async function saveQuotas(
  ctx: Ctx,
  client: Authorized<"manage-clients">,
  input: ClientQuotas,
): Promise<{ changed: boolean; provisioned: boolean }> {
  const living = and(eq(clients.id, client.clientId), isNull(clients.removedAt));
  const [before] = await ctx.db.select().from(clients).where(living).for("no key update");
  if (!before) throw new Refusal("not-found", { say: "This client was removed." });
  const { quotaBytes, softQuotaBytes } = input;
  await ctx.db.update(clients).set({ quotaBytes, softQuotaBytes }).where(living);
  await announce(ctx.db, { entity: "client", id: client.clientId, clientId: client.clientId });
  await appendEntry(ctx, {
    action: "client.quota",
    say: `Changed the quotas of the client ${before.name}.`,
    clientId: client.clientId,
    detail: {
      before: { quotaBytes: before.quotaBytes, softQuotaBytes: before.softQuotaBytes },
      after: { quotaBytes, softQuotaBytes },
    },
  });
  return { changed: before.quotaBytes !== quotaBytes, provisioned: before.provisionedAt !== null };
}
