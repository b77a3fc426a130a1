import { and, eq, isNotNull, isNull, lt, or } from "drizzle-orm";
import { verify } from "otplib";
import type { Ctx } from "../context";
import { totpFactors } from "../db/schema/access";
import { openSecret, type SecretPlace } from "../secrets/seal-secret";

/** Seconds of one code; every authenticator app has this. */
const STEP_SECONDS = 30;

/** Where the secret of somebody's authenticator app is sealed to. */
export function totpPlace(userId: string): SecretPlace {
  return { table: "totp_factors", column: "secret_sealed", rowId: userId };
}

/**
 * Takes a code of this person's authenticator app. True exactly once per code, also when it is shown many times at once: one conditional
 * statement moves the step of the last code that was taken, and every code of that step or before is spent (RFC 6238, 5.2). A code of the
 * step before or after is taken too, for clocks that differ.
 */
export async function spendTotp(
  ctx: Pick<Ctx, "db" | "now">,
  input: { userId: string; code: string },
): Promise<boolean> {
  const confirmed = and(eq(totpFactors.userId, input.userId), isNotNull(totpFactors.confirmedAt));
  const [factor] = await ctx.db.select().from(totpFactors).where(confirmed);
  if (!factor) return false;
  const step = await stepOfCode(ctx, factor, input.code);
  if (step === null) return false;
  const spent = await ctx.db
    .update(totpFactors)
    .set({ lastStep: step })
    .where(and(confirmed, or(isNull(totpFactors.lastStep), lt(totpFactors.lastStep, step))))
    .returning({ userId: totpFactors.userId });
  return spent.length === 1;
}

/** The time step that a code belongs to; null when it is wrong or spent. */
export async function stepOfCode(
  { now }: Pick<Ctx, "now">,
  factor: { userId: string; secretSealed: string; lastStep: number | null },
  code: string,
): Promise<number | null> {
  const token = code.replace(/\s/g, "");
  if (!/^\d{6}$/.test(token)) return null;
  const epoch = Math.floor(now.getTime() / 1000);
  // otplib 13 throws when asked for codes after a step that is beyond those it would try.
  if (factor.lastStep !== null && factor.lastStep > Math.floor(epoch / STEP_SECONDS)) return null;
  const checked = await verify({
    secret: openSecret(factor.secretSealed, totpPlace(factor.userId)),
    token,
    epoch,
    epochTolerance: STEP_SECONDS,
    ...(factor.lastStep === null ? {} : { afterTimeStep: factor.lastStep }),
  });
  return checked.valid && "timeStep" in checked ? checked.timeStep : null;
}
