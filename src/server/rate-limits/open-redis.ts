import { Redis as UpstashRedis } from "@upstash/redis";
import { Redis } from "ioredis";
import { redisStore } from "./redis-store";
import type { TryStore } from "./try-store";

/** Milliseconds after which a Redis that does not answer counts as away: whoever waits is a person or an agent. */
const ANSWER_MS = 2_000;

export interface RedisLink extends TryStore {
  end(): void;
}

/** Counts in the Redis at a `redis://` or `rediss://` address, over one connection that is made again whenever it breaks. */
export function openRedis(url: string, onTrouble: (error: Error) => void): RedisLink {
  const redis = new Redis(url, {
    connectTimeout: ANSWER_MS,
    commandTimeout: ANSWER_MS,
    maxRetriesPerRequest: 1,
    // A script that was sent and not answered may have counted; sending it again could count twice.
    autoResendUnfulfilledCommands: false,
    retryStrategy: (times) => Math.min(times * 100, ANSWER_MS),
  });
  redis.on("error", onTrouble);
  const store = redisStore((script, keys, args) => redis.eval(script, keys.length, ...keys, ...args));
  return { ...store, end: () => redis.disconnect() };
}

/** Counts in Upstash's Redis, which is spoken to over https. */
export function openUpstash(given: { url: string; token: string }): TryStore {
  const redis = new UpstashRedis({
    ...given,
    enableTelemetry: false,
    retry: { retries: 1 },
    signal: () => AbortSignal.timeout(ANSWER_MS * 2),
  });
  return redisStore((script, keys, args) => redis.eval(script, [...keys], [...args]));
}
