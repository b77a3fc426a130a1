import { and, eq, gt, inArray, lt, lte, type SQL, sql } from "drizzle-orm";
import type { Db } from "../db";
import { rateLimits } from "../db/schema/access";
import type { Quota, TryStore } from "./try-store";

/** Counts in PostgreSQL, which every replica has anyhow. Counts survive a restart of the database. */
export function postgresStore(db: Db): TryStore {
  return {
    async count({ now, seconds, quotas }) {
      const endsAt = new Date(now.getTime() + seconds * 1000);
      const [row] = await db.execute<Record<string, number | string | null>>(
        countAll(quotas, { now, endsAt, seconds }),
      );
      const used = quotas.map((_, at) => row?.[`used_${at}`] ?? null);
      if (used.includes(1)) await forgetEnded(db, now);
      const refused = quotas[used.indexOf(null)];
      if (!refused) return { refusedUntil: null };
      const [held] = await db
        .select({ until: rateLimits.windowEndsAt })
        .from(rateLimits)
        .where(eq(rateLimits.key, refused.key));
      return { refusedUntil: held?.until ?? endsAt };
    },
    async giveBack({ now, seconds, keys }) {
      const latest = new Date(now.getTime() + seconds * 1000);
      for (const key of keys) {
        await db
          .update(rateLimits)
          .set({ used: sql`${rateLimits.used} - 1` })
          .where(
            and(
              eq(rateLimits.key, key),
              gt(rateLimits.used, 0),
              gt(rateLimits.windowEndsAt, now),
              lte(rateLimits.windowEndsAt, latest),
            ),
          );
      }
    },
    async forget(keys) {
      for (const key of keys) await db.delete(rateLimits).where(eq(rateLimits.key, key));
    },
  };
}

/**
 * One statement for all keys. Each key's insert hangs on the row that the one before it gave back, so they happen in this order, a key
 * without a try left stops those behind it, and two requests with the same keys pass them one after the other. For the keys A and B:
 *
 *     with try_0 as (insert A ... returning used), try_1 as (insert B ... where exists (select from try_0) ... returning used)
 *     select used_0, used_1
 *
 *     used_0 | used_1
 *     -------+-------
 *          3 |      1     both counted
 *          4 | null       A counted, B has none left
 *       null | null       A has none left, B not looked at
 *
 * The commit of this one statement does not wait for the disk: thousands of agents share the row of one address, which would be locked for as
 * long. A crash of PostgreSQL forgets the counts of its last half second at most.
 */
function countAll(
  quotas: readonly Quota[],
  { now, endsAt, seconds }: { now: Date; endsAt: Date; seconds: number },
): SQL {
  // One that ends two windows from now was begun by a clock that was set back since; replicas differ by less.
  const beyond = new Date(now.getTime() + 2 * seconds * 1000);
  const over = sql`(held.window_ends_at <= ${now.toISOString()}::timestamptz or held.window_ends_at > ${beyond.toISOString()}::timestamptz)`;
  const name = (at: number) => sql.raw(`try_${at}`);
  const tries = quotas.map(
    ({ key, tries }, at) => sql`${name(at)} as (
      insert into ${rateLimits} as held (key, window_ends_at, used)
      select ${key}::text, ${endsAt.toISOString()}::timestamptz, 1
      ${at === 0 ? sql`` : sql`where exists (select from ${name(at - 1)})`}
      on conflict (key) do update set
        used = case when ${over} then 1 else held.used + 1 end,
        window_ends_at = case when ${over} then excluded.window_ends_at else held.window_ends_at end
      where ${over} or held.used < ${tries}::int
      returning used
    )`,
  );
  const used = quotas.map((_, at) => sql`(select used from ${name(at)}) as ${sql.raw(`used_${at}`)}`);
  return sql`with ${sql.join(tries, sql`, `)}
    select ${sql.join(used, sql`, `)}, set_config('synchronous_commit', 'off', true)`;
}

/** Rows that are over count for nothing; whoever begins a window sweeps some, so that guessing cannot fill the disk. */
async function forgetEnded(db: Db, now: Date): Promise<void> {
  const ended = db
    .select({ key: rateLimits.key })
    .from(rateLimits)
    .where(lt(rateLimits.windowEndsAt, now))
    .limit(100)
    .for("update", { skipLocked: true });
  await db.delete(rateLimits).where(inArray(rateLimits.key, ended));
}
