import { Ratelimit } from "@upstash/ratelimit";
import { z } from "zod";
import { isAddress } from "./address-key";
import { type LimitName, limitOf } from "./limits";
import type { TryStore } from "./try-store";

type Limiter = ConstructorParameters<typeof Ratelimit>[0]["limiter"];

interface Tried {
  name: LimitName;
  keys: readonly string[];
  now: Date;
}

/** Counts a try of this name against all keys at once. Null: every key had one left; else when the one that had none has some again. */
export async function countTry(store: TryStore, { name, keys, now }: Tried): Promise<Date | null> {
  const limit = new Ratelimit({
    // Our own stores count; the package only asks that something stands here.
    redis: {} as never,
    prefix: name,
    limiter: windows(store, name, now),
    // Else the package lets a request pass after five seconds without an answer.
    timeout: 0,
    ephemeralCache: false,
  });
  const { success, reset } = await limit.limit(JSON.stringify([...new Set(keys)]));
  return success ? null : new Date(reset);
}

/** What a right try does to what was counted before; see `forgiveTries`. */
export async function forgiveIn(
  store: TryStore,
  given: { name: LimitName; now: Date; oneBack: readonly string[]; startAgain: readonly string[] },
): Promise<void> {
  const { name, now } = given;
  const { seconds } = limitOf(name);
  await store.giveBack({ now, seconds, keys: given.oneBack.map((key) => keyOf(name, key)) });
  await store.forget(given.startAgain.map((key) => keyOf(name, key)));
}

/** A window for each key that begins with its first try. The package hands over one identifier, which holds all keys. */
function windows(store: TryStore, name: LimitName, now: Date): Limiter {
  const { tries, addressTries = tries, seconds } = limitOf(name);
  const notUsed = async () => {
    throw new Error("ask the store");
  };
  return () => ({
    async limit(_, identifier) {
      const keys = z.array(z.string()).parse(JSON.parse(identifier.slice(name.length + 1)));
      const quotas = keys.map((key) => ({
        key: keyOf(name, key),
        tries: isAddress(key) ? addressTries : tries,
      }));
      const { refusedUntil } = await store.count({ now, seconds, quotas });
      const success = refusedUntil === null;
      const reset = (refusedUntil ?? now).getTime();
      return { success, limit: tries, remaining: 0, reset, pending: Promise.resolve() };
    },
    getRemaining: notUsed,
    resetTokens: notUsed,
  });
}

function keyOf(name: LimitName, key: string): string {
  return `${name}:${key}`;
}
