import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { log } from "../log";
import { addressKey, isAddress } from "./address-key";
import { countTry, forgiveIn } from "./count-try";
import type { LimitName } from "./limits";
import { storeInUse } from "./store-in-use";

/** Seconds after which it is worth asking again when tries could not be counted. */
const STORE_AWAY_SECONDS = 10;

/**
 * Counts a try against each key, in this order, and refuses `rate-limited` when one has none left; those behind it are not counted then, so
 * name the address first: whoever is refused there costs no account anything. A store that does not answer refuses too, as
 * `limits-unavailable`: nothing fails open here. Keys: `byAddress(peer)`, an account, a token's id. Never inside a transaction, which would
 * forget the try when it is rolled back.
 */
export async function demandTry(
  ctx: Omit<Ctx, "actor">,
  name: LimitName,
  ...keys: readonly string[]
): Promise<void> {
  const refusedUntil = await countTry(storeInUse(ctx.db), { name, keys, now: ctx.now }).catch(
    refuseUncounted,
  );
  if (!refusedUntil) return;
  const retryAfterSeconds = Math.max(1, Math.ceil((refusedUntil.getTime() - ctx.now.getTime()) / 1000));
  throw new Refusal("rate-limited", {
    say: `Too many tries. Try again in ${inWords(retryAfterSeconds)}.`,
    retryAfterSeconds,
  });
}

/**
 * After a try that was right: an account's count starts again, an address gets only this try back. Else somebody with an account of
 * their own could guess at others' for ever, signing in once in between.
 */
export async function forgiveTries(
  ctx: Omit<Ctx, "actor">,
  name: LimitName,
  ...keys: readonly string[]
): Promise<void> {
  const oneBack = keys.filter(isAddress);
  const startAgain = keys.filter((key) => !isAddress(key));
  await forgiveIn(storeInUse(ctx.db), { name, now: ctx.now, oneBack, startAgain }).catch(refuseUncounted);
}

/** The key of a peer's address: all of an IPv6 /64 is one, and so are all spellings of one address. Null: unknown, one key for all such. */
export function byAddress(peer: string | null): string {
  return addressKey(peer);
}

function refuseUncounted(cause: unknown): never {
  log().error({ err: cause }, "tries cannot be counted");
  throw new Refusal("limits-unavailable", {
    say: "Tries cannot be counted just now, so nobody is let in. Try again in a minute. If it stays so, the server's log says why.",
    retryAfterSeconds: STORE_AWAY_SECONDS,
    cause,
  });
}

function inWords(seconds: number): string {
  if (seconds < 100) return seconds === 1 ? "1 second" : `${seconds} seconds`;
  return `${Math.ceil(seconds / 60)} minutes`;
}
