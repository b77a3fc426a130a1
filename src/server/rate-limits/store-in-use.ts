import { env } from "~/env";
import type { Db } from "../db";
import { log } from "../log";
import { openRedis, openUpstash } from "./open-redis";
import { postgresStore } from "./postgres-store";
import type { TryStore } from "./try-store";

/** Next loads a module once per bundle; the connection must be one per process. */
const shared = globalThis as typeof globalThis & { bbsTryStore?: TryStore };

export type StoreKind = "postgresql" | "redis" | "upstash";

/** Where this installation counts tries: PostgreSQL unless a setting names a Redis. */
export function storeKind(): StoreKind {
  if (env().redisUrl) return "redis";
  return env().upstash ? "upstash" : "postgresql";
}

/** The store of this process; `db` is what PostgreSQL counts in. */
export function storeInUse(db: Db): TryStore {
  const { redisUrl, upstash } = env();
  if (redisUrl) shared.bbsTryStore ??= openRedis(redisUrl, noteTrouble());
  else if (upstash) shared.bbsTryStore ??= openUpstash(upstash);
  return shared.bbsTryStore ?? postgresStore(db);
}

/** Once a minute: a Redis that is away is asked again and again. */
function noteTrouble(): (error: Error) => void {
  let notedAt = 0;
  return (err) => {
    if (Date.now() - notedAt < 60_000) return;
    notedAt = Date.now();
    log().error({ err }, "the Redis of REDIS_URL does not answer");
  };
}
