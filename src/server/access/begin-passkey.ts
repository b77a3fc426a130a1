import {
  generateAuthenticationOptions,
  type PublicKeyCredentialRequestOptionsJSON,
} from "@simplewebauthn/server";
import { eq } from "drizzle-orm";
import type { Ctx } from "../context";
import { passkeys } from "../db/schema/access";
import { byAddress, demandTry } from "../rate-limits/demand-try";
import { keepChallenge } from "./passkey-challenge";
import { passkeyParty } from "./passkey-party";

export interface BegunPasskey {
  challengeId: string;
  options: PublicKeyCredentialRequestOptionsJSON;
}

/** What the browser needs to show one of this person's passkeys: as a second factor, or to confirm. */
export async function beginOwnPasskey(ctx: Ctx, input: { userId: string }): Promise<BegunPasskey> {
  const { userId } = input;
  const known = await ctx.db
    .select({ id: passkeys.credentialId, transports: passkeys.transports })
    .from(passkeys)
    .where(eq(passkeys.userId, userId))
    .orderBy(passkeys.createdAt)
    .limit(100);
  return begin(ctx, { purpose: "second-factor", userId }, known);
}

/**
 * What the browser needs for a whole sign-in by passkey. Anybody may ask, and it tells nothing of anybody: the authenticator offers what it
 * has. Refuses `rate-limited` by address, because each makes a row.
 */
export async function beginPasskeySignIn(ctx: Ctx, input: { peer: string | null }): Promise<BegunPasskey> {
  await demandTry(ctx, "passkey-challenge", byAddress(input.peer));
  return begin(ctx, { purpose: "sign-in", userId: null });
}

async function begin(
  ctx: Ctx,
  use: { purpose: "sign-in" | "second-factor"; userId: string | null },
  allowCredentials?: { id: string; transports: string[] }[],
): Promise<BegunPasskey> {
  const options = await generateAuthenticationOptions({
    rpID: passkeyParty().rpId,
    userVerification: "required",
    ...(allowCredentials ? { allowCredentials } : {}),
  });
  return { ...(await keepChallenge(ctx, { ...use, challenge: options.challenge })), options };
}
