import { and, count, eq, isNull } from "drizzle-orm";
import type { Ctx } from "../context";
import { clients, clientTags } from "../db/schema/clients";
import { visibleTo } from "../db/visible-to";

/** Most tags that are offered; an installation with more has made them by a script. */
const MOST_TAGS = 1000;

/** The tags of clients that the actor may see, by name, with how many of those carry each. */
export async function listTags(ctx: Ctx): Promise<{ tag: string; clients: number }[]> {
  return ctx.db
    .select({ tag: clientTags.tag, clients: count() })
    .from(clientTags)
    .innerJoin(clients, eq(clients.id, clientTags.clientId))
    .where(and(isNull(clients.removedAt), visibleTo(ctx.actor, clients.id)))
    .groupBy(clientTags.tag)
    .orderBy(clientTags.tag)
    .limit(MOST_TAGS);
}
