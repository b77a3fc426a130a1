import type { UserActor } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { demandConfirmed } from "./demand-confirmed";

/** Who asks, when it is a person in a browser; refuses everybody else, tokens too. */
export function ownSignIn({ actor }: Pick<Ctx, "actor">): UserActor & { signInId: string } {
  if (actor.kind === "user" && actor.signInId !== null) return { ...actor, signInId: actor.signInId };
  throw new Refusal("forbidden", { say: "Only a person who is signed in to the console may do this." });
}

/**
 * The same, for adding a second factor: also for somebody who has to before anything else works. Whoever has one and has not shown it may
 * not add another, or the password alone would be enough. Wants a fresh confirmation, or a browser left open would be.
 */
export function ownSignInToEnrol(ctx: Ctx): UserActor & { signInId: string } {
  const actor = ownSignIn(ctx);
  if (actor.standing === "second-factor-missing")
    throw new Refusal("second-factor-needed", { say: "Show the second factor that you have first." });
  if (actor.standing === "pending")
    throw new Refusal("approval-pending", { say: "An admin has to let you in first." });
  demandConfirmed(ctx);
  return actor;
}
