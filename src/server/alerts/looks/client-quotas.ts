import { and, asc, eq, isNull, or, sql, sum } from "drizzle-orm";
import { formatBytes } from "~/domain/quantity";
import type { Ctx } from "../../context";
import { clients } from "../../db/schema/clients";
import { repositories } from "../../db/schema/repositories";
import { onTheDisk } from "../../repositories/find-over-quota";
import type { Finding } from "../sync-alerts";

const MOST = 2000;

/** Clients whose repositories together hold more than was meant, or all that they may. Each alert ends by itself when they hold less. */
export async function lookAtClientQuotas(ctx: Ctx): Promise<Finding[]> {
  const usedBytes = sum(repositories.sizeBytes).mapWith(Number);
  const rows = await ctx.db
    .select({
      id: clients.id,
      name: clients.name,
      quotaBytes: clients.quotaBytes,
      softQuotaBytes: clients.softQuotaBytes,
      usedBytes,
    })
    .from(clients)
    .innerJoin(repositories, and(eq(repositories.clientId, clients.id), onTheDisk))
    .where(isNull(clients.removedAt))
    .groupBy(clients.id)
    .having(
      or(
        sql`sum(${repositories.sizeBytes}) >= ${clients.quotaBytes}`,
        sql`sum(${repositories.sizeBytes}) >= ${clients.softQuotaBytes}`,
      ),
    )
    .orderBy(asc(clients.id))
    .limit(MOST);
  return rows.map(({ id, name, quotaBytes, softQuotaBytes, usedBytes: used }): Finding => {
    if (quotaBytes !== null && used >= quotaBytes)
      return {
        ...{ key: `quota-hard client ${id}`, kind: "quota-hard", clientId: id },
        title: `${name} has used its quota`,
        say: `Its repositories hold ${formatBytes(used)} of ${formatBytes(quotaBytes)}, and no backup is let in. Raise the quota, or delete archives and compact.`,
      };
    return {
      ...{ key: `quota-soft client ${id}`, kind: "quota-soft", clientId: id },
      title: `${name} holds more than its soft quota`,
      say: `Its repositories hold ${formatBytes(used)}; ${formatBytes(softQuotaBytes ?? 0)} were meant. Nothing is refused yet.`,
    };
  });
}
