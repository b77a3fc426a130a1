import { eq } from "drizzle-orm";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { users } from "../db/schema/access";
import { hasSecondFactor, secondFactorsOf } from "./has-second-factor";
import { ownSignIn } from "./own-sign-in";
import { findPasskeyParty } from "./passkey-party";
import { passwordMatches } from "./password";
import { confirmSignIn } from "./raise-sign-in";
import { demandRight, type Shown } from "./show-second-factor";
import { trySecondFactor } from "./try-second-factor";

/** How somebody can confirm what `demandConfirmed` asks for. None: sign in again, that counts too. */
export interface ConfirmWays {
  password: boolean;
  totp: boolean;
  passkey: boolean;
}

/** Whoever has a second factor confirms with it; the password is enough only for somebody who has none. */
export async function confirmWays(ctx: Ctx): Promise<ConfirmWays> {
  const { userId } = ownSignIn(ctx);
  const { totp, passkey } = await secondFactorsOf(ctx, { userId });
  const [user] = await ctx.db.select({ hash: users.passwordHash }).from(users).where(eq(users.id, userId));
  const hasPassword = user !== undefined && user.hash !== null;
  return {
    password: !totp && !passkey && hasPassword,
    totp,
    passkey: passkey && findPasskeyParty() !== null,
  };
}

/** Confirms with the password. Refuses `forbidden` for somebody with a second factor, else as `trySecondFactor` does. */
export async function confirmWithPassword(
  ctx: Ctx,
  input: { password: string; peer: string | null },
): Promise<void> {
  const { userId, signInId } = ownSignIn(ctx);
  if (await hasSecondFactor(ctx, { userId })) {
    throw new Refusal("forbidden", { say: "You have a second factor: confirm with that." });
  }
  await trySecondFactor(ctx, { userId, peer: input.peer, with: "password" }, async () => {
    const [user] = await ctx.db.select({ hash: users.passwordHash }).from(users).where(eq(users.id, userId));
    return passwordMatches(input.password, user?.hash ?? null);
  });
  await confirmSignIn(ctx, { signInId });
}

/** Confirms with a second factor. Refuses as `trySecondFactor` does. */
export async function confirmWithSecondFactor(
  ctx: Ctx,
  input: { shown: Exclude<Shown, { kind: "recovery-code" }>; peer: string | null },
): Promise<void> {
  const { signInId } = ownSignIn(ctx);
  await demandRight(ctx, input);
  await confirmSignIn(ctx, { signInId });
}
