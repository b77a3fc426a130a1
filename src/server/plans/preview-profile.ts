import { and, eq, isNull, sql } from "drizzle-orm";
import type { Page } from "~/domain/page";
import { type PlanChange, profileChanges } from "~/domain/profile-changes";
import type { Ctx } from "../context";
import { clients } from "../db/schema/clients";
import { plans } from "../db/schema/plans";
import { visibleTo } from "../db/visible-to";
import { getProfile } from "./list-profiles";
import { readPlanStates } from "./plan-state";

/** What a profile would change of one plan. */
export interface ProfilePreview {
  planId: string;
  planName: string;
  clientId: string;
  clientName: string;
  /** As the plan is now: given back when the profile is applied. */
  updatedAt: Date;
  /** It took this profile's settings last. */
  applied: boolean;
  /** Empty: it is so already. */
  changes: PlanChange[];
}

/**
 * What a profile would change, plan by plan, of the plans that the actor may change; by client and name, a page at a time. `search` is found
 * in the names of plan and client and in the client's tags. Changes nothing. Refuses `not-found`.
 */
export async function previewProfile(
  ctx: Ctx,
  input: {
    id: string;
    applied?: boolean | undefined;
    search?: string | undefined;
    cursor?: string | null | undefined;
    limit: number;
  },
): Promise<Page<ProfilePreview>> {
  const { settings } = await getProfile(ctx, input);
  const may = visibleTo(ctx.actor, plans.clientId, "manage-plans");
  const pattern = input.search ? `%${input.search.replace(/[\\%_]/g, "\\$&")}%` : null;
  const rows = await readPlanStates(ctx, {
    where: and(
      isNull(plans.removedAt),
      isNull(clients.removedAt),
      may,
      input.applied ? eq(plans.profileId, input.id) : undefined,
      pattern
        ? sql`(${plans.name} ilike ${pattern} or ${clients.name} ilike ${pattern} or exists (
            select from client_tags t where t.client_id = ${plans.clientId} and t.tag ilike ${pattern}))`
        : undefined,
      input.cursor
        ? sql`(lower(${clients.name}), lower(${plans.name}), ${plans.id}) > (
            select lower(c.name), lower(p.name), p.id from plans p join clients c on c.id = p.client_id
            where ${and(sql`p.id = ${input.cursor}`, visibleTo(ctx.actor, sql`p.client_id`, "manage-plans"))})`
        : undefined,
    ),
    limit: input.limit + 1,
  });
  const items = rows.slice(0, input.limit).map((row) => ({
    ...{ planId: row.id, planName: row.name, clientId: row.clientId, clientName: row.clientName },
    ...{ updatedAt: row.changedAt, applied: row.profileId === input.id },
    changes: profileChanges(row.values, settings),
  }));
  return { items, nextCursor: rows.length > input.limit ? (items.at(-1)?.planId ?? null) : null };
}
