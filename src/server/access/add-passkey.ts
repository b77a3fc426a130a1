import {
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type RegistrationResponseJSON,
  verifyRegistrationResponse,
} from "@simplewebauthn/server";
import { count, eq } from "drizzle-orm";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { newId } from "../db/new-id";
import { passkeys, users } from "../db/schema/access";
import { appendEntry } from "../journal/append-entry";
import { ownSignInToEnrol } from "./own-sign-in";
import { keepChallenge, takeChallenge } from "./passkey-challenge";
import { passkeyParty } from "./passkey-party";
import { raiseSignIn } from "./raise-sign-in";

/** Most passkeys of one person. */
const MOST_PASSKEYS = 20;

/**
 * What the browser needs to make a passkey. It must be one that the authenticator itself can find (discoverable) and that verifies the
 * person by PIN, finger or face, so each one is good as a second factor and as a whole sign-in. Refuses as `ownSignInToEnrol` does.
 */
export async function beginPasskeyRegistration(
  ctx: Ctx,
): Promise<{ challengeId: string; options: PublicKeyCredentialCreationOptionsJSON }> {
  const { userId } = ownSignInToEnrol(ctx);
  const { rpId } = passkeyParty();
  const [user] = await ctx.db
    .select({ email: users.email, name: users.name })
    .from(users)
    .where(eq(users.id, userId));
  const known = await ctx.db
    .select({ id: passkeys.credentialId, transports: passkeys.transports })
    .from(passkeys)
    .where(eq(passkeys.userId, userId))
    .limit(MOST_PASSKEYS);
  const options = await generateRegistrationOptions({
    rpName: "Borg Backup Server",
    rpID: rpId,
    userName: user?.email ?? userId,
    userDisplayName: user?.name ?? "",
    userID: new Uint8Array(Buffer.from(userId)),
    attestationType: "none",
    excludeCredentials: known,
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
  });
  const { challengeId } = await keepChallenge(ctx, {
    purpose: "register",
    userId,
    challenge: options.challenge,
  });
  return { challengeId, options };
}

/**
 * Adds the passkey that the browser made. This sign-in has shown it with that: the answer is its new id (`raiseSignIn`). Refuses
 * `invalid-input` for what does not answer the challenge, `name-taken` for one that stands in an account already.
 */
export async function addPasskey(
  ctx: Ctx,
  input: { challengeId: string; name: string; response: RegistrationResponseJSON },
): Promise<{ signInId: string }> {
  const { userId, signInId } = ownSignInToEnrol(ctx);
  const { challengeId, name, response } = input;
  const challenge = await takeChallenge(ctx, { challengeId, purpose: "register", userId });
  const made = challenge === null ? null : await verifiedPasskey(challenge, response);
  if (!made) throw new Refusal("invalid-input", { say: "This passkey could not be added. Try again." });
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    await tx.select({ id: users.id }).from(users).where(eq(users.id, userId)).for("update");
    const [own] = await tx.select({ many: count() }).from(passkeys).where(eq(passkeys.userId, userId));
    if (own && own.many >= MOST_PASSKEYS)
      throw new Refusal("invalid-input", { say: "You have twenty passkeys. Remove one first." });
    const id = newId();
    const added = await tx
      .insert(passkeys)
      .values({
        ...{ id, userId, name, createdAt: ctx.now },
        credentialId: made.credential.id,
        publicKey: Buffer.from(made.credential.publicKey).toString("base64url"),
        counter: made.credential.counter,
        transports: (made.credential.transports ?? []).slice(0, 10),
        backedUp: made.credentialBackedUp,
      })
      .onConflictDoNothing({ target: passkeys.credentialId })
      .returning({ id: passkeys.id });
    if (added.length === 0)
      throw new Refusal("name-taken", { say: "This passkey belongs to an account already." });
    const raised = await raiseSignIn(inTx, { signInId });
    await appendEntry(inTx, {
      action: "passkey.added",
      say: `Added the passkey ${name}.`,
      detail: { userId, passkeyId: id },
    });
    return raised;
  });
}

/** Null: it does not answer this challenge, came from another origin, or did not verify the person. The library throws for each. */
async function verifiedPasskey(challenge: string, response: RegistrationResponseJSON) {
  const { rpId, origin } = passkeyParty();
  const checked = await verifyRegistrationResponse({
    response,
    expectedChallenge: challenge,
    expectedOrigin: origin,
    expectedRPID: rpId,
    requireUserVerification: true,
  }).catch(() => null);
  return checked?.verified ? checked.registrationInfo : null;
}
