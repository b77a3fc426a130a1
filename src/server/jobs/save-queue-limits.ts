import type { Setting } from "~/domain/settings";
import type { Ctx } from "../context";
import { saveSetting } from "../settings/save-setting";
import { wakeLine } from "./places";

/** Machines that are told at once of places that came with higher limits; each that begins wakes the next. */
const WOKEN_AT_ONCE = 20;

/** Saves how many backups and restores run at once. What runs goes on, also above a lower limit. For admins: the caller has asked who may. */
export async function saveQueueLimits(ctx: Ctx, limits: Setting<"queue">): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    await saveSetting(inTx, { name: "queue", value: limits, say: "Changed how many jobs run at once." });
    await wakeLine(inTx, { first: WOKEN_AT_ONCE });
  });
}
