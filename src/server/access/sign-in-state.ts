import { and, count, eq, isNull } from "drizzle-orm";
import type { Standing } from "~/domain/permission";
import type { Ctx } from "../context";
import { passkeys, recoveryCodes, totpFactors, users } from "../db/schema/access";
import { readSetting } from "../settings/read-setting";
import { type SecondFactors, secondFactorsOf } from "./has-second-factor";
import { ownSignIn } from "./own-sign-in";
import { findPasskeyParty } from "./passkey-party";

/** How far a sign-in has come and what this person can do next. */
export interface SignInState {
  standing: Standing;
  email: string;
  ways: SecondFactors;
  /** Whether APP_URL is one with which passkeys can work. */
  passkeysPossible: boolean;
}

export async function signInState(ctx: Ctx): Promise<SignInState> {
  const { userId, standing } = ownSignIn(ctx);
  const [user] = await ctx.db.select({ email: users.email }).from(users).where(eq(users.id, userId));
  const ways = await secondFactorsOf(ctx, { userId });
  const passkeysPossible = findPasskeyParty() !== null;
  return { standing, email: user?.email ?? "", ways, passkeysPossible };
}

/** What a person has set up, for their own security page. */
export interface SecondFactorState {
  totpAddedAt: Date | null;
  passkeys: { id: string; name: string; createdAt: Date; lastUsedAt: Date | null; backedUp: boolean }[];
  recoveryCodesLeft: number;
  passkeysPossible: boolean;
  /** An admin demands a second factor of everybody. */
  demanded: boolean;
}

export async function secondFactorState(ctx: Ctx): Promise<SecondFactorState> {
  const { userId } = ownSignIn(ctx);
  const [totp] = await ctx.db
    .select({ confirmedAt: totpFactors.confirmedAt })
    .from(totpFactors)
    .where(eq(totpFactors.userId, userId));
  const own = await ctx.db
    .select({
      id: passkeys.id,
      name: passkeys.name,
      createdAt: passkeys.createdAt,
      lastUsedAt: passkeys.lastUsedAt,
      backedUp: passkeys.backedUp,
    })
    .from(passkeys)
    .where(eq(passkeys.userId, userId))
    .orderBy(passkeys.createdAt, passkeys.id)
    .limit(100);
  const [codes] = await ctx.db
    .select({ left: count() })
    .from(recoveryCodes)
    .where(and(eq(recoveryCodes.userId, userId), isNull(recoveryCodes.usedAt)));
  return {
    totpAddedAt: totp?.confirmedAt ?? null,
    passkeys: own,
    recoveryCodesLeft: codes?.left ?? 0,
    passkeysPossible: findPasskeyParty() !== null,
    demanded: (await readSetting(ctx, "sign-in")).requireSecondFactor,
  };
}
