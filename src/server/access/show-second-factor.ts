import type { AuthenticationResponseJSON } from "@simplewebauthn/server";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { checkPasskey } from "./check-passkey";
import { ownSignIn } from "./own-sign-in";
import { raiseSignIn } from "./raise-sign-in";
import { spendRecoveryCode } from "./spend-recovery-code";
import { spendTotp } from "./spend-totp";
import { trySecondFactor } from "./try-second-factor";

/** One thing that a person shows as a second factor. */
export type Shown =
  | { kind: "totp"; code: string }
  | { kind: "recovery-code"; code: string }
  | { kind: "passkey"; challengeId: string; response: AuthenticationResponseJSON };

/**
 * The second step of a sign-in. What is right makes the sign-in whole and gives it a new id, the answer (`raiseSignIn`). Refuses as
 * `trySecondFactor` does, and `approval-pending` for somebody who was not let in yet.
 */
export async function showSecondFactor(
  ctx: Ctx,
  input: { shown: Shown; peer: string | null },
): Promise<{ signInId: string }> {
  const { signInId, standing } = ownSignIn(ctx);
  if (standing === "pending")
    throw new Refusal("approval-pending", { say: "An admin has to let you in first." });
  await demandRight(ctx, input);
  return raiseSignIn(ctx, { signInId });
}

/** Lets pass what is right, once; refuses as `trySecondFactor` does. */
export async function demandRight(ctx: Ctx, input: { shown: Shown; peer: string | null }): Promise<void> {
  const { userId } = ownSignIn(ctx);
  const { shown, peer } = input;
  switch (shown.kind) {
    case "totp":
      return trySecondFactor(ctx, { userId, peer, with: "authenticator app" }, () =>
        spendTotp(ctx, { userId, code: shown.code }),
      );
    case "recovery-code":
      return trySecondFactor(ctx, { userId, peer, with: "recovery code" }, () =>
        spendRecoveryCode(ctx, { userId, code: shown.code }),
      );
    case "passkey":
      return trySecondFactor(
        ctx,
        { userId, peer, with: "passkey" },
        async () => (await checkPasskey(ctx, { ...shown, userId })) !== null,
      );
  }
}
