import { sql } from "drizzle-orm";
import type { Ctx } from "../context";

/**
 * How many connections belong to programs that run without this key: they would not open what it seals. Every program names its keys when
 * it connects (`programName`) and holds at least one connection while it lives.
 */
export async function countWithoutKey(ctx: Pick<Ctx, "db">, keyId: string): Promise<number> {
  const [row] = await ctx.db.execute<{ count: number }>(sql`
    select count(*)::int as count from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()
      and application_name ~ '^bbs [0-9a-f]{8}' and position(${keyId} in application_name) = 0`);
  return row?.count ?? 0;
}
