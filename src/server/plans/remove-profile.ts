import { eq } from "drizzle-orm";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { planProfiles, plans } from "../db/schema/plans";
import { appendEntry } from "../journal/append-entry";
import { lockProfile } from "./save-profile";

/** Removes a template or profile. Plans keep the settings they took from it. For admins: the caller has asked. Refuses `not-found`. */
export async function removeProfile(ctx: Ctx, input: { id: string }): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const { kind, name, settings } = await lockProfile({ ...ctx, db: tx }, { id: input.id });
    await tx.update(plans).set({ profileId: null }).where(eq(plans.profileId, input.id));
    await tx.delete(planProfiles).where(eq(planProfiles.id, input.id));
    await announce(tx, { entity: "plan", id: input.id, clientId: null });
    await appendEntry(
      { ...ctx, db: tx },
      {
        action: "plan.profile-removed",
        say: `Removed the ${kind} ${name}. Plans keep what they took from it.`,
        detail: { profileId: input.id, before: { kind, name, settings }, after: null },
      },
    );
  });
}
