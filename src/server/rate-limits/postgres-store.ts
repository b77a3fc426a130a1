import { Ratelimit } from "@upstash/ratelimit";
import { eq, inArray, lt, sql } from "drizzle-orm";
import type { Ctx } from "../context";
import { rateLimits } from "../db/schema/access";

type Limiter = ConstructorParameters<typeof Ratelimit>[0]["limiter"];

/**
 * A rate limit kept in PostgreSQL, so that every web replica counts the same tries. One statement counts and reads, so it is
 * exact under parallel calls. `timeout: 0`: the package would let requests pass after it; with us the request waits, and an
 * unreachable database refuses it.
 */
export function rateLimit(
  ctx: Omit<Ctx, "actor">,
  limit: { name: string; tries: number; seconds: number },
): Ratelimit {
  return new Ratelimit({
    // The algorithm below reads `ctx.db`; the package only asks that something stands here.
    redis: {} as never,
    prefix: limit.name,
    limiter: fixedWindow(ctx, limit.tries, limit.seconds),
    timeout: 0,
    ephemeralCache: false,
  });
}

/** Rows that are over count for nothing; whoever begins a window sweeps some, so that guessing cannot fill the disk. */
async function forgetEnded(ctx: Omit<Ctx, "actor">): Promise<void> {
  const ended = ctx.db
    .select({ key: rateLimits.key })
    .from(rateLimits)
    .where(lt(rateLimits.windowEndsAt, ctx.now))
    .limit(100)
    .for("update", { skipLocked: true });
  await ctx.db.delete(rateLimits).where(inArray(rateLimits.key, ended));
}

/** `tries` in a window of `seconds` that begins with the first try. */
function fixedWindow(ctx: Omit<Ctx, "actor">, tries: number, seconds: number): Limiter {
  return () => ({
    async limit(_, key) {
      const endsAt = new Date(ctx.now.getTime() + seconds * 1000);
      const over = sql`${rateLimits.windowEndsAt} <= ${ctx.now.toISOString()}`;
      const [row] = await ctx.db
        .insert(rateLimits)
        .values({ key, windowEndsAt: endsAt, used: 1 })
        .onConflictDoUpdate({
          target: rateLimits.key,
          set: {
            used: sql`case when ${over} then 1 else ${rateLimits.used} + 1 end`,
            windowEndsAt: sql`case when ${over} then excluded.window_ends_at else ${rateLimits.windowEndsAt} end`,
          },
        })
        .returning({ used: rateLimits.used, windowEndsAt: rateLimits.windowEndsAt });
      if (!row) throw new Error(`rate limit ${key} was not counted`);
      if (row.used === 1) await forgetEnded(ctx);
      return {
        success: row.used <= tries,
        limit: tries,
        remaining: Math.max(0, tries - row.used),
        reset: row.windowEndsAt.getTime(),
        pending: Promise.resolve(),
      };
    },
    async getRemaining(_, key) {
      const [row] = await ctx.db.select().from(rateLimits).where(eq(rateLimits.key, key));
      const used = row && row.windowEndsAt > ctx.now ? row.used : 0;
      return {
        remaining: Math.max(0, tries - used),
        reset: row?.windowEndsAt.getTime() ?? 0,
        limit: tries,
      };
    },
    async resetTokens(_, key) {
      await ctx.db.delete(rateLimits).where(eq(rateLimits.key, key));
    },
  });
}
