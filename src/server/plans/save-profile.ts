import { count, eq } from "drizzle-orm";
import { changedFields } from "~/domain/changed-fields";
import type { PlanProfileInput } from "~/domain/plan-settings";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { newId } from "../db/new-id";
import { planProfiles } from "../db/schema/plans";
import { violates } from "../db/violates";
import { appendEntry } from "../journal/append-entry";
import { MOST_PROFILES, profileMissing } from "./list-profiles";

/** Makes a template or profile. For admins: the caller has asked. Refuses `name-taken` within its kind, in any case of letters. */
export async function createProfile(ctx: Ctx, input: PlanProfileInput): Promise<{ id: string }> {
  const id = newId();
  const { kind, name, settings } = input;
  await refuseTakenName(input, () =>
    ctx.db.transaction(async (tx) => {
      const [all] = await tx.select({ count: count() }).from(planProfiles);
      if ((all?.count ?? 0) >= MOST_PROFILES)
        throw new Refusal("invalid-input", {
          say: `There are ${MOST_PROFILES} templates and profiles. Remove one first.`,
        });
      await tx
        .insert(planProfiles)
        .values({ id, kind, name, settings: { ...settings }, createdAt: ctx.now, updatedAt: ctx.now });
      await announce(tx, { entity: "plan", id, clientId: null });
      await appendEntry(
        { ...ctx, db: tx },
        {
          action: "plan.profile-created",
          say: `Made the ${kind} ${name}.`,
          detail: { profileId: id, before: null, after: { kind, name, settings } },
        },
      );
    }),
  );
  return { id };
}

/**
 * Changes a template or profile. No plan changes by it: a profile has to be applied again. `updatedAt`: as it was opened; refuses
 * `changed-meanwhile` if somebody has saved it since. Its kind stays. Refuses `not-found`, `name-taken`.
 */
export async function updateProfile(
  ctx: Ctx,
  input: Omit<PlanProfileInput, "kind"> & { id: string; updatedAt: Date },
): Promise<void> {
  const { id, name, settings } = input;
  await ctx.db.transaction(async (tx) => {
    const before = await lockProfile({ ...ctx, db: tx }, input);
    await refuseTakenName({ kind: before.kind, name }, () =>
      tx.transaction(async (inner) => {
        await inner
          .update(planProfiles)
          .set({ name, settings: { ...settings }, updatedAt: ctx.now })
          .where(eq(planProfiles.id, id));
      }),
    );
    await announce(tx, { entity: "plan", id, clientId: null });
    const flat = (one: { name: string; settings: object }) => ({ name: one.name, ...one.settings });
    const keys = Object.keys({ ...flat(before), ...flat(input) });
    const every = (one: Record<string, unknown>) =>
      Object.fromEntries(keys.map((key) => [key, one[key] ?? null]));
    const changed = changedFields(every(flat(before)), every(flat(input)));
    if (changed === null) return;
    await appendEntry(
      { ...ctx, db: tx },
      {
        action: "plan.profile-changed",
        say: `Changed the ${before.kind} ${before.name}: ${Object.keys(changed.after).join(", ")}.`,
        detail: { profileId: id, ...changed },
      },
    );
  });
}

/** A template or profile by id, held until the transaction ends. Refuses `not-found` and, for another `updatedAt`, `changed-meanwhile`. */
export async function lockProfile(ctx: Ctx, input: { id: string; updatedAt?: Date | undefined }) {
  const [found] = await ctx.db.select().from(planProfiles).where(eq(planProfiles.id, input.id)).for("update");
  if (!found) throw profileMissing();
  if (input.updatedAt && input.updatedAt.getTime() !== found.updatedAt.getTime())
    throw new Refusal("changed-meanwhile", {
      say: `Somebody has changed ${found.name} since you opened it. Open it again; nothing was saved now.`,
    });
  return found;
}

async function refuseTakenName(
  input: Pick<PlanProfileInput, "kind" | "name">,
  write: () => Promise<void>,
): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!violates(error, "plan_profiles_name")) throw error;
    throw new Refusal("name-taken", { say: `There is a ${input.kind} named ${input.name} already.` });
  }
}
