import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { appendEntry } from "../journal/append-entry";
import { byAddress, demandTry, forgiveTries } from "../rate-limits/demand-try";

export interface Attempt {
  userId: string;
  /** True peer address; null when unknown. */
  peer: string | null;
  with: "authenticator app" | "recovery code" | "passkey" | "password";
}

/**
 * Lets somebody try to show something: counts the try by address and by account before `check` looks at it, refuses `rate-limited` when
 * there were too many, and `sign-in-failed` in the same words for what is wrong and what was used before. A failure stands in the
 * journal; what is right makes the counts start again.
 */
export async function trySecondFactor(
  ctx: Ctx,
  attempt: Attempt,
  check: () => Promise<boolean>,
): Promise<void> {
  const keys = [byAddress(attempt.peer), `account ${attempt.userId}`];
  await demandTry(ctx, "second-factor", ...keys);
  if (await check()) return forgiveTries(ctx, "second-factor", ...keys);
  await appendEntry(ctx, {
    action: "second-factor.failed",
    say: `Showed a wrong or used ${attempt.with}.`,
    detail: { userId: attempt.userId, with: attempt.with, address: attempt.peer },
  });
  throw new Refusal("sign-in-failed", { say: SAY[attempt.with] });
}

const SAY: Record<Attempt["with"], string> = {
  "authenticator app": "This code is wrong, too old, or was used already. Wait for the next one.",
  "recovery code": "This recovery code is wrong or was used already.",
  passkey: "This passkey was not accepted. Try again.",
  password: "This password is wrong.",
};
