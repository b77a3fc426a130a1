import { z } from "zod";
import type { TryStore } from "./try-store";

/** Runs a Lua script in Redis: ioredis and Upstash's own client have one each. */
export type RunScript = (
  script: string,
  keys: readonly string[],
  args: readonly string[],
) => Promise<unknown>;

/** Counts in Redis: one script for all keys, which Redis runs as a whole. Keys leave by themselves when their window is over. */
export function redisStore(run: RunScript): TryStore {
  return {
    async count({ now, seconds, quotas }) {
      const keys = quotas.map(({ key }) => key);
      const args = [now.getTime(), seconds * 1000, ...quotas.map(({ tries }) => tries)];
      const [until] = z.array(z.coerce.number()).parse(await run(COUNT, keys.map(named), args.map(String)));
      return { refusedUntil: until === undefined ? null : new Date(until) };
    },
    async giveBack({ now, seconds, keys }) {
      if (keys.length === 0) return;
      await run(GIVE_BACK, keys.map(named), [now.getTime(), seconds * 1000].map(String));
    },
    async forget(keys) {
      if (keys.length === 0) return;
      await run("return redis.call('DEL', unpack(KEYS))", keys.map(named), []);
    },
  };
}

/** The Redis may serve others too. */
function named(key: string): string {
  return `bbs:tries:${key}`;
}

/** Answers the end of the window of the first key without a try left, in milliseconds; nothing when all were counted. */
const COUNT = `
local now, window = tonumber(ARGV[1]), tonumber(ARGV[2])
for i, key in ipairs(KEYS) do
  local held = redis.call('HMGET', key, 'ends', 'used')
  local ends, used = tonumber(held[1]), tonumber(held[2])
  -- One that ends two windows from now was begun by a clock that was set back since.
  if not ends or not used or ends <= now or ends > now + 2 * window then
    redis.call('HSET', key, 'ends', string.format('%.0f', now + window), 'used', 1)
    redis.call('PEXPIRE', key, window)
  elseif used >= tonumber(ARGV[2 + i]) then
    return { string.format('%.0f', ends) }
  else
    redis.call('HINCRBY', key, 'used', 1)
  end
end
return {}
`;

const GIVE_BACK = `
local now, window = tonumber(ARGV[1]), tonumber(ARGV[2])
for _, key in ipairs(KEYS) do
  local held = redis.call('HMGET', key, 'ends', 'used')
  local ends, used = tonumber(held[1]), tonumber(held[2])
  if ends and used and used > 0 and ends > now and ends <= now + window then
    redis.call('HINCRBY', key, 'used', -1)
  end
end
return {}
`;
