import type { AuthenticationResponseJSON } from "@simplewebauthn/server";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { appendEntry } from "../journal/append-entry";
import { byAddress, demandTry, forgiveTries } from "../rate-limits/demand-try";
import { checkPasskey } from "./check-passkey";
import { demandLocalSignIn } from "./demand-local-sign-in";
import { startSignIn } from "./start-sign-in";

export interface PasskeySignInRequest {
  challengeId: string;
  response: AuthenticationResponseJSON;
  /** True peer address; null when unknown. */
  peer: string | null;
  /** The browser's own name for itself. */
  device: string | null;
}

/**
 * A whole sign-in by passkey: it is something one has, and it verified the person, so it counts as both factors. Tries are counted by
 * address and by the account of the key before anything is checked. Refuses `rate-limited`; `sign-in-failed` for everything that is wrong,
 * in the same words; `forbidden` where local sign-in is switched off.
 */
export async function signInWithPasskey(
  ctx: Ctx,
  input: PasskeySignInRequest,
): Promise<{ signInId: string; expiresAt: Date }> {
  const { challengeId, response, peer, device } = input;
  const keys = [byAddress(peer), `passkey ${response.id.slice(0, 200)}`];
  await demandTry(ctx, "sign-in", ...keys);
  await demandLocalSignIn(ctx);
  const shown = await checkPasskey(ctx, { challengeId, userId: null, response });
  if (!shown) {
    await appendEntry(ctx, {
      action: "sign-in.failed",
      say: "Somebody showed a passkey that was not accepted.",
      detail: { by: "passkey", address: peer },
    });
    throw new Refusal("sign-in-failed", { say: "This passkey was not accepted." });
  }
  await forgiveTries(ctx, "sign-in", ...keys);
  return startSignIn(ctx, { userId: shown.userId, by: "passkey", secondFactorShown: true, peer, device });
}
