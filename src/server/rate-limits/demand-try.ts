import { isIPv6 } from "node:net";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { LIMITS, type LimitName } from "./limits";
import { rateLimit } from "./postgres-store";

/**
 * Counts a try against each key and refuses `rate-limited` when one has none left. A store that does not answer refuses too: nothing fails
 * open here. Keys: `byAddress(peer)`, an account, a token's id.
 */
export async function demandTry(
  ctx: Omit<Ctx, "actor">,
  name: LimitName,
  ...keys: readonly string[]
): Promise<void> {
  const limit = rateLimit(ctx, { name, ...LIMITS[name] });
  const counted = await Promise.all(keys.map((key) => limit.limit(key)));
  const over = counted.filter(({ success }) => !success);
  if (over.length === 0) return;
  const retryAfterSeconds = Math.max(
    1,
    Math.ceil((Math.max(...over.map(({ reset }) => reset)) - ctx.now.getTime()) / 1000),
  );
  const minutes = Math.ceil(retryAfterSeconds / 60);
  throw new Refusal("rate-limited", {
    say: `Too many tries. Wait ${minutes} ${minutes === 1 ? "minute" : "minutes"}.`,
    retryAfterSeconds,
  });
}

/** Makes the counts of these keys start again, after a try that was right. */
export async function forgiveTries(
  ctx: Omit<Ctx, "actor">,
  name: LimitName,
  ...keys: readonly string[]
): Promise<void> {
  const limit = rateLimit(ctx, { name, ...LIMITS[name] });
  await Promise.all(keys.map((key) => limit.resetUsedTokens(key)));
}

/** One key for a peer: an IPv6 network hands out whole /64s, so those count as one. */
export function byAddress(peer: string | null): string {
  if (peer === null || !isIPv6(peer)) return `address ${peer ?? "unknown"}`;
  const [head = "", tail = ""] = peer.split("::");
  const front = head === "" ? [] : head.split(":");
  const back = tail === "" ? [] : tail.split(":");
  const missing = peer.includes("::")
    ? Array.from({ length: 8 - front.length - back.length }, () => "0")
    : [];
  const network = [...front, ...missing, ...back]
    .slice(0, 4)
    .map((part) => Number.parseInt(part, 16).toString(16));
  return `address ${network.join(":")}::/64`;
}
