import { inArray } from "drizzle-orm";
import { type MayList, mayListOf, tagsOf } from "~/domain/may-list";
import type { UserActor } from "~/domain/permission";
import type { Ctx } from "../context";
import { clientTags } from "../db/schema/clients";

/** What this person may do, and with which clients: for a console that leaves out what would be refused. */
export async function readMayList(ctx: Ctx, actor: UserActor): Promise<MayList> {
  const tags = tagsOf(actor);
  if (tags.length === 0) return mayListOf(actor, new Map());
  const rows = await ctx.db
    .select({ tag: clientTags.tag, clientId: clientTags.clientId })
    .from(clientTags)
    .where(inArray(clientTags.tag, tags))
    .orderBy(clientTags.clientId)
    .limit(100_000);
  const byTag = new Map<string, string[]>();
  for (const { tag, clientId } of rows) byTag.set(tag, [...(byTag.get(tag) ?? []), clientId]);
  return mayListOf(actor, byTag);
}
