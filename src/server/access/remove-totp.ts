import { and, eq, isNotNull } from "drizzle-orm";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { totpFactors } from "../db/schema/access";
import { appendEntry } from "../journal/append-entry";
import { demandConfirmed } from "./demand-confirmed";
import { dropOrphanedCodes, tellOfRemoval } from "./drop-second-factor";
import { ownSignIn } from "./own-sign-in";

/**
 * Takes one's own authenticator app away. Wants a fresh confirmation. Without another factor the recovery codes go too; where one is demanded,
 * nothing but setting up a new one works then.
 */
export async function removeTotp(ctx: Ctx): Promise<void> {
  const { userId } = ownSignIn(ctx);
  demandConfirmed(ctx);
  await ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const removed = await tx
      .delete(totpFactors)
      .where(and(eq(totpFactors.userId, userId), isNotNull(totpFactors.confirmedAt)))
      .returning({ userId: totpFactors.userId });
    if (removed.length === 0) throw new Refusal("not-found", { say: "You have no authenticator app here." });
    await dropOrphanedCodes(inTx, { userId });
    await tellOfRemoval(inTx, { userId, what: "The authenticator app of your account was removed" });
    await appendEntry(inTx, {
      action: "second-factor.removed",
      say: "Removed the authenticator app.",
      detail: { userId },
    });
  });
}
