import { and, eq } from "drizzle-orm";
import type { Authorized } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { clientGaps } from "../db/schema/clients";
import { appendEntry } from "../journal/append-entry";

/** Says that an uncovered path needs no backup, or takes that back. Refuses changed-meanwhile for one that no search finds any more. */
export async function dismissGap(
  ctx: Ctx,
  may: Authorized<"manage-plans">,
  input: { path: string; dismissed: boolean },
): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const [gap] = await tx
      .update(clientGaps)
      .set({ dismissedAt: input.dismissed ? ctx.now : null })
      .where(and(eq(clientGaps.clientId, may.clientId), eq(clientGaps.path, input.path)))
      .returning({ path: clientGaps.path });
    if (!gap)
      throw new Refusal("changed-meanwhile", {
        say: "This path is not among the gaps any more. Search again.",
      });
    await announce(tx, { entity: "client", id: may.clientId, clientId: may.clientId });
    await appendEntry(inTx, {
      action: "plan.gap",
      say: input.dismissed
        ? `Said that ${gap.path} needs no backup.`
        : `Said that ${gap.path} needs a backup after all.`,
      clientId: may.clientId,
      detail: { path: gap.path, dismissed: input.dismissed },
    });
  });
}
