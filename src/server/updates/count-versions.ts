import { and, count, isNotNull, isNull, sql } from "drizzle-orm";
import type { Ctx } from "../context";
import { clients } from "../db/schema/clients";

/** How many machines run which agent with which borg, as each said last. `borg` null: none was found there. Machines that never enrolled are not counted. */
export async function countVersions(
  ctx: Pick<Ctx, "db">,
): Promise<{ agent: string; borg: string | null; clients: number }[]> {
  const agent = sql<string>`${clients.machine} ->> 'agentVersion'`;
  const borg = sql<string | null>`${clients.machine} ->> 'borgVersion'`;
  return ctx.db
    .select({ agent, borg, clients: count() })
    .from(clients)
    .where(and(isNull(clients.removedAt), isNotNull(clients.machine)))
    .groupBy(agent, borg)
    .orderBy(agent, borg)
    .limit(200);
}
