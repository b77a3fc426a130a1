import { and, eq } from "drizzle-orm";
import { NO_OPTIONS } from "~/domain/no-options";
import type { Ctx } from "~/server/context";
import { newId } from "~/server/db/new-id";
import { planCopies, plans } from "~/server/db/schema/plans";
import { repositories } from "~/server/db/schema/repositories";
import { createProfile } from "~/server/plans/save-profile";

export interface SeededProfiles {
  profileId: string;
  /** A plan with databases, scripts, limits, promises and two repositories. */
  richPlanId: string;
}

const KEEP = {
  ...{ last: 3, withinHours: 48, minutely: 0, hourly: 0, daily: 14, weekly: 8, monthly: 12, yearly: 0 },
  neverFewerThan: 2,
};

/** A profile that one plan took, a template of one's own, and a plan that uses all that there is. */
export async function seedProfiles(
  ctx: Ctx,
  plan: { planId: string; clientId: string },
): Promise<SeededProfiles> {
  const { id: profileId } = await createProfile(ctx, {
    ...{ kind: "profile", name: "Servers at night" },
    settings: {
      keep: KEEP,
      excludes: ["sh:**/.cache", "*.tmp"],
      options: { uploadKibPerSecond: 20_480, uploadWindows: [] },
    },
  });
  await createProfile(ctx, {
    ...{ kind: "template", name: "Build runner" },
    settings: { sources: ["/etc", "/srv/ci"], compression: "lz4", keep: KEEP },
  });
  const hook = { timeoutSeconds: 120, onFailure: "abort" as const };
  await ctx.db
    .update(plans)
    .set({
      profileId,
      objectives: { rpoHours: 26, restoreProvenDays: 90, offsiteHours: null },
      options: {
        ...NO_OPTIONS,
        databases: [
          {
            ...{ engine: "postgresql", name: "shop", databases: [], host: "", port: null, user: "" },
            credentials: { kind: "local", name: "shop" },
          },
        ],
        hooksBefore: [{ name: "quiesce", ...hook }],
        hooksAfter: [{ name: "thaw", ...hook, onFailure: "warn" }],
        snapshot: "if-possible",
        uploadKibPerSecond: 51_200,
        uploadWindows: [{ weekdays: [1, 2, 3, 4, 5], from: "08:00", to: "18:00", kibPerSecond: 5120 }],
        limitMinutes: 360,
      },
    })
    .where(eq(plans.id, plan.planId));
  await seedSecondRepository(ctx, plan);
  return { profileId, richPlanId: plan.planId };
}

async function seedSecondRepository(ctx: Ctx, plan: { planId: string; clientId: string }): Promise<void> {
  const [main] = await ctx.db
    .select()
    .from(repositories)
    .where(and(eq(repositories.clientId, plan.clientId), eq(repositories.name, "main")));
  if (!main) return;
  const id = newId();
  await ctx.db.insert(repositories).values({ ...main, id, name: "second", borgId: null, sizeBytes: null });
  await ctx.db.insert(planCopies).values({ planId: plan.planId, repositoryId: id });
}
