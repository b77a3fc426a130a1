import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";

/** How long a password or second factor that was shown counts for what shows it to be asked anew. */
const CONFIRMED_MINUTES = 5;

/**
 * Refuses `confirmation-needed` unless this sign-in has shown its second factor (without one: the password) within the last minutes. For
 * what reveals a secret or weakens the account: a browser that was left open is not enough. A token has its `reveal-secrets` scope instead.
 */
export function demandConfirmed({ actor, now }: Ctx): void {
  if (actor.kind !== "user") throw new Refusal("forbidden", { say: "Only a person may do this." });
  if (actor.via === "token") return;
  const since = now.getTime() - (actor.confirmedAt?.getTime() ?? Number.NEGATIVE_INFINITY);
  if (since >= 0 && since < CONFIRMED_MINUTES * 60_000) return;
  throw new Refusal("confirmation-needed", { say: "Show your password or second factor again for this." });
}
