import { and, eq, gt, isNull } from "drizzle-orm";
import { generateSecret, generateURI } from "otplib";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { totpFactors, users } from "../db/schema/access";
import { appendEntry } from "../journal/append-entry";
import { sealSecret } from "../secrets/seal-secret";
import { ownSignInToEnrol } from "./own-sign-in";
import { raiseSignIn } from "./raise-sign-in";
import { stepOfCode, totpPlace } from "./spend-totp";

/** Minutes in which the first code must come. */
const BEGUN_MINUTES = 15;

/** A new secret for an authenticator app; shown now and never again. */
export interface BegunTotp {
  /** Base32, to be typed. */
  secret: string;
  /** The same as an address that apps read from a QR code. */
  uri: string;
}

/**
 * Begins with an authenticator app: it counts only after its first code (`confirmTotp`). Beginning again replaces what was not confirmed.
 * Refuses `already-set-up` for somebody who has one, and as `ownSignInToEnrol` does.
 */
export async function beginTotp(ctx: Ctx): Promise<BegunTotp> {
  const { userId } = ownSignInToEnrol(ctx);
  const [user] = await ctx.db.select({ email: users.email }).from(users).where(eq(users.id, userId));
  const secret = generateSecret();
  const row = { secretSealed: sealSecret(secret, totpPlace(userId)), createdAt: ctx.now, lastStep: null };
  const begun = await ctx.db
    .insert(totpFactors)
    .values({ userId, ...row })
    .onConflictDoUpdate({ target: totpFactors.userId, set: row, setWhere: isNull(totpFactors.confirmedAt) })
    .returning({ userId: totpFactors.userId });
  if (begun.length === 0) {
    throw new Refusal("already-set-up", { say: "You have an authenticator app already. Remove it first." });
  }
  return { secret, uri: generateURI({ issuer: "Borg Backup Server", label: user?.email ?? userId, secret }) };
}

/**
 * The first code of the app that was begun: from now on it is demanded at every sign-in, also of those that are open elsewhere. This one
 * has shown it; the answer is its new id (`raiseSignIn`). The code is spent. Refuses `invalid-input` for a wrong code or one that comes too late.
 */
export async function confirmTotp(ctx: Ctx, input: { code: string }): Promise<{ signInId: string }> {
  const { userId, signInId } = ownSignInToEnrol(ctx);
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const begun = and(
      eq(totpFactors.userId, userId),
      isNull(totpFactors.confirmedAt),
      gt(totpFactors.createdAt, new Date(ctx.now.getTime() - BEGUN_MINUTES * 60_000)),
    );
    const [factor] = await tx.select().from(totpFactors).where(begun).for("update");
    const step = factor ? await stepOfCode(ctx, factor, input.code) : null;
    if (step === null) {
      throw new Refusal("invalid-input", {
        say: "This code does not fit. Type the newest one; check the clock of your phone; begin again after a quarter of an hour.",
      });
    }
    await tx.update(totpFactors).set({ confirmedAt: ctx.now, lastStep: step }).where(begun);
    const raised = await raiseSignIn(inTx, { signInId });
    await appendEntry(inTx, {
      action: "second-factor.added",
      say: "Added an authenticator app.",
      detail: { userId },
    });
    return raised;
  });
}
