import type { Actor } from "~/domain/permission";
import { env } from "~/env";
import { type Db, openPool, type Pool } from "./db";
import { programName } from "./secrets/app-key";

/** What every operation gets: where to read and write, what time it is, and who asks. `now` is fixed once per request or job. */
export interface Ctx {
  db: Db;
  now: Date;
  actor: Actor;
}

/** Next loads a module once per bundle; the pool must be one per process. */
const shared = globalThis as typeof globalThis & { bbsPool?: Pool };

/** The pool of this process. */
export function pool(): Pool {
  if (shared.bbsPool) return shared.bbsPool;
  const url = env().databaseUrl;
  if (!url) throw new Error("DATABASE_URL is not set; start the programs with `npm start`.");
  shared.bbsPool = openPool(url, { applicationName: programName() });
  return shared.bbsPool;
}

/** The one place that makes a ctx. */
export function makeContext(actor: Actor): Ctx {
  return { db: pool().db, now: new Date(), actor };
}
