import { eq } from "drizzle-orm";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { passkeys, recoveryCodes, totpFactors, users } from "../db/schema/access";
import { appendEntry } from "../journal/append-entry";
import { demandConfirmed } from "./demand-confirmed";
import { tellOfRemoval } from "./drop-second-factor";
import { endSignInsOf } from "./end-sign-ins-of";

/**
 * Takes everything away that a person could show as a second factor (app, passkeys, recovery codes) and ends all their sign-ins: they begin
 * with their password, and set up a new one where it is demanded. For an admin, freshly confirmed, about somebody else, and for `bbs-admin`;
 * the caller has asked who may. Tells what there was. May run twice. Refuses `not-found`, and `forbidden` for oneself: removing one's own wants that factor.
 */
export async function resetSecondFactor(
  ctx: Ctx,
  input: { userId: string },
): Promise<{ authenticatorApp: boolean; passkeys: number; endedSignIns: number }> {
  const { userId } = input;
  const { actor } = ctx;
  if (actor.kind === "user") {
    if (actor.userId === userId) {
      throw new Refusal("forbidden", {
        say: "Remove your own second factor on your account's security page.",
      });
    }
    demandConfirmed(ctx);
  }
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const [user] = await tx
      .select({ name: users.name })
      .from(users)
      .where(eq(users.id, userId))
      .for("update");
    if (!user) throw new Refusal("not-found", { say: "There is no such person." });
    const totp = await tx.delete(totpFactors).where(eq(totpFactors.userId, userId)).returning();
    const keys = await tx.delete(passkeys).where(eq(passkeys.userId, userId)).returning();
    await tx.delete(recoveryCodes).where(eq(recoveryCodes.userId, userId));
    const endedSignIns = await endSignInsOf(inTx, { userId });
    const done = { authenticatorApp: totp.length > 0, passkeys: keys.length, endedSignIns };
    await tellOfRemoval(inTx, {
      userId,
      what: "An admin took the second factor (authenticator app, passkeys and recovery codes) off your account and ended your sign-ins",
    });
    await appendEntry(inTx, {
      action: "second-factor.reset",
      say: `Reset the second factor of ${user.name}.`,
      detail: { userId, ...done },
    });
    return done;
  });
}
