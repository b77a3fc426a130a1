import { inArray } from "drizzle-orm";
import { NO_OPTIONS } from "~/domain/no-options";
import type { Authorized } from "~/domain/permission";
import type { PlanOptions } from "~/domain/plan-options";
import { Refusal } from "~/domain/refusal";
import { authorize } from "../access/authorize";
import type { Ctx } from "../context";
import { clients } from "../db/schema/clients";

type Options = Partial<PlanOptions>;

/**
 * Whether a plan may have its drills brought back on the machine that its options name. Whoever names one must be allowed to restore from here and
 * there; one that stands in the plan already may stay. Refuses not-found, forbidden, and invalid-input for the plan's own machine, a removed one and
 * one of another storage node.
 */
export async function demandDrillTarget(
  ctx: Ctx,
  may: Authorized<"manage-plans">,
  { before, after }: { before: Options; after: Options },
): Promise<void> {
  const { drill } = { ...NO_OPTIONS, ...after };
  const onto = drill?.onto;
  if (onto === undefined || onto === { ...NO_OPTIONS, ...before }.drill?.onto) return;
  if (onto === may.clientId) {
    throw refusal(
      "A drill goes onto another machine than the plan's own, or onto the storage node. Choose another one.",
    );
  }
  await authorize(ctx, "restore", may.clientId);
  await authorize(ctx, "restore", onto);
  const both = await ctx.db
    .select({ node: clients.storageNodeId, removedAt: clients.removedAt })
    .from(clients)
    .where(inArray(clients.id, [onto, may.clientId]));
  if (both.some(({ removedAt }) => removedAt !== null))
    throw refusal("The machine for the drills was removed from the console. Choose another one.");
  if (new Set(both.map(({ node }) => node)).size > 1)
    throw refusal(
      "The machine for the drills reaches another storage node. Choose one that reaches the same.",
    );
}

function refusal(say: string): Refusal {
  return new Refusal("invalid-input", { say });
}
