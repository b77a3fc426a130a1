import { and, count, eq, isNull, sql } from "drizzle-orm";
import type { PlanSettings } from "~/domain/plan-parts";
import type { ProfileKind } from "~/domain/plan-settings";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { planProfiles, plans } from "../db/schema/plans";
import { visibleTo } from "../db/visible-to";

/** A template or profile as it is listed and opened. */
export interface ProfileRow {
  id: string;
  kind: ProfileKind;
  name: string;
  settings: PlanSettings;
  /** Plans that took its settings last, of those that the actor may see. */
  planCount: number;
  updatedAt: Date;
}

/** As many as a list of them can be read by a person; more are not made. */
export const MOST_PROFILES = 200;

/** The templates and profiles that were made here, by kind and name. Templates that every server has are not rows: domain/plan-templates. */
export async function listProfiles(
  ctx: Ctx,
  input: { kind?: ProfileKind | undefined; id?: string },
): Promise<ProfileRow[]> {
  const taken = ctx.db
    .select({ profileId: plans.profileId, planCount: count().as("plan_count") })
    .from(plans)
    .where(and(isNull(plans.removedAt), visibleTo(ctx.actor, plans.clientId)))
    .groupBy(plans.profileId)
    .as("taken");
  const rows = await ctx.db
    .select({ profile: planProfiles, planCount: taken.planCount })
    .from(planProfiles)
    .leftJoin(taken, eq(taken.profileId, planProfiles.id))
    .where(
      and(
        input.kind ? eq(planProfiles.kind, input.kind) : undefined,
        input.id ? eq(planProfiles.id, input.id) : undefined,
      ),
    )
    .orderBy(planProfiles.kind, sql`lower(${planProfiles.name})`)
    .limit(MOST_PROFILES);
  return rows.map(({ profile: { id, kind, name, settings, updatedAt }, planCount }) => ({
    ...{ id, kind, name, updatedAt },
    // Written by save-profile only, which takes nothing else.
    settings: settings as PlanSettings,
    planCount: planCount ?? 0,
  }));
}

/** One of them. Refuses `not-found`. */
export async function getProfile(ctx: Ctx, input: { id: string }): Promise<ProfileRow> {
  const [found] = await listProfiles(ctx, input);
  if (!found) throw profileMissing();
  return found;
}

export function profileMissing(): Refusal {
  return new Refusal("not-found", { say: "There is no such template or profile." });
}
