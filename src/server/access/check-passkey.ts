import { type AuthenticationResponseJSON, verifyAuthenticationResponse } from "@simplewebauthn/server";
import { and, eq, isNull, lt, or } from "drizzle-orm";
import type { Ctx } from "../context";
import { passkeys, users } from "../db/schema/access";
import { type ChallengeUse, takeChallenge } from "./passkey-challenge";
import { passkeyParty } from "./passkey-party";

/**
 * Checks what a passkey signed and tells whose it is; null when anything is wrong: the challenge (`takeChallenge`), another origin or host,
 * a person who was not verified, a key of somebody else or of a disabled account, a counter that did not go on (a copied key).
 */
export async function checkPasskey(
  ctx: Ctx,
  input: Pick<ChallengeUse, "userId"> & { challengeId: string; response: AuthenticationResponseJSON },
): Promise<{ userId: string; passkeyId: string } | null> {
  const { challengeId, userId, response } = input;
  const purpose = userId === null ? "sign-in" : "second-factor";
  const challenge = await takeChallenge(ctx, { challengeId, purpose, userId });
  if (challenge === null) return null;
  const [passkey] = await ctx.db
    .select({
      id: passkeys.id,
      userId: passkeys.userId,
      credentialId: passkeys.credentialId,
      publicKey: passkeys.publicKey,
      counter: passkeys.counter,
    })
    .from(passkeys)
    .innerJoin(users, eq(users.id, passkeys.userId))
    .where(and(eq(passkeys.credentialId, response.id), isNull(users.disabledAt)));
  if (!passkey || !isOf(passkey.userId, userId, response)) return null;
  const counter = await signedCounter(challenge, passkey, response);
  if (counter === null) return null;
  const used = await ctx.db
    .update(passkeys)
    .set({ counter, lastUsedAt: ctx.now })
    .where(
      and(
        eq(passkeys.id, passkey.id),
        // Authenticators that do not count always say 0.
        or(lt(passkeys.counter, counter), counter === 0 ? eq(passkeys.counter, 0) : undefined),
      ),
    )
    .returning({ id: passkeys.id });
  return used.length === 1 ? { userId: passkey.userId, passkeyId: passkey.id } : null;
}

/** The person who is known, and the one whom the key itself names; a whole sign-in must name one (WebAuthn level 2, 7.2, step 6). */
function isOf(owner: string, userId: string | null, response: AuthenticationResponseJSON): boolean {
  const { userHandle } = response.response;
  const named = userHandle === undefined ? null : Buffer.from(userHandle, "base64url").toString();
  if (userId === null) return named === owner;
  return owner === userId && (named === null || named === owner);
}

/** The counter that it signed; null when the signature or anything in it is wrong. The library throws for each. */
async function signedCounter(
  challenge: string,
  passkey: { credentialId: string; publicKey: string; counter: number },
  response: AuthenticationResponseJSON,
): Promise<number | null> {
  const { rpId, origin } = passkeyParty();
  const checked = await verifyAuthenticationResponse({
    response,
    expectedChallenge: challenge,
    expectedOrigin: origin,
    expectedRPID: rpId,
    requireUserVerification: true,
    credential: {
      id: passkey.credentialId,
      publicKey: new Uint8Array(Buffer.from(passkey.publicKey, "base64url")),
      counter: passkey.counter,
    },
  }).catch(() => null);
  return checked?.verified ? checked.authenticationInfo.newCounter : null;
}
