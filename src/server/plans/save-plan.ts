import { and, eq, isNull } from "drizzle-orm";
import { changedFields } from "~/domain/changed-fields";
import type { Authorized } from "~/domain/permission";
import type { PlanDraft } from "~/domain/plan-input";
import { Refusal } from "~/domain/refusal";
import { allKeepRules, type KeepRules, keepRules, type StoredKeepRules } from "~/domain/retention";
import { sayKeepRules } from "~/domain/retention-words";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { newId } from "../db/new-id";
import { clients } from "../db/schema/clients";
import { planCopies, plans } from "../db/schema/plans";
import { repositories } from "../db/schema/repositories";
import { violates } from "../db/violates";
import { appendEntry } from "../journal/append-entry";
import { planMissing } from "./get-plan";

/** What may be left out: in a new plan it is the default, in an existing one it stays. */
type Optional = "moreRepositoryIds" | "options" | "objectives" | "schedule";
type Settings = Omit<PlanDraft, "clientId" | Optional> & Partial<Pick<PlanDraft, Optional>>;

/** Makes a plan. Refuses `name-taken` in any case of letters, and a repository that is not the client's. */
export async function createPlan(
  ctx: Ctx,
  may: Authorized<"manage-plans">,
  input: Settings,
): Promise<{ id: string }> {
  const id = newId();
  await refuseTakenName(input.name, () =>
    ctx.db.transaction(async (tx) => {
      await refuseForeignRepository({ ...ctx, db: tx }, may, input.repositoryId);
      await tx
        .insert(plans)
        .values({ id, clientId: may.clientId, ...columnsOf(input), createdAt: ctx.now, updatedAt: ctx.now });
      await writeCopies({ ...ctx, db: tx }, may, { ...input, id });
      await announce(tx, { entity: "plan", id, clientId: may.clientId });
      const { keep: _, ...after } = columnsOf(input);
      await appendEntry(
        { ...ctx, db: tx },
        {
          action: "plan.created",
          say: `Made the plan ${input.name}.`,
          ...{ clientId: may.clientId, repositoryId: input.repositoryId },
          detail: { planId: id, before: null, after },
        },
      );
      await noteKeep({ ...ctx, db: tx }, may, { ...input, id }, null);
    }),
  );
  return { id };
}

/** Changes a plan from the next run on; one that waits or runs keeps what it began with. Refuses like `createPlan`. */
export async function updatePlan(
  ctx: Ctx,
  may: Authorized<"manage-plans">,
  input: Settings & { id: string },
): Promise<void> {
  await refuseTakenName(input.name, () =>
    ctx.db.transaction(async (tx) => {
      await refuseForeignRepository({ ...ctx, db: tx }, may, input.repositoryId);
      const own = and(eq(plans.id, input.id), eq(plans.clientId, may.clientId), isNull(plans.removedAt));
      const [before] = await tx.select().from(plans).where(own).for("no key update");
      if (!before) throw planMissing();
      await tx
        .update(plans)
        .set({ ...columnsOf(input), updatedAt: ctx.now })
        .where(own);
      await writeCopies({ ...ctx, db: tx }, may, input);
      await announce(tx, { entity: "plan", id: input.id, clientId: may.clientId });
      await noteChange({ ...ctx, db: tx }, may, input, before);
      await noteKeep({ ...ctx, db: tx }, may, input, before.keep);
    }),
  );
}

function columnsOf(input: Settings) {
  const { repositoryId, name, sources, excludes, compression, oneFileSystem, excludeCaches, keep } = input;
  const { options, objectives } = input;
  return {
    ...{ repositoryId, name, sources, excludes, compression, oneFileSystem, excludeCaches, keep },
    ...(options ? { options } : {}),
    ...(objectives ? { objectives } : {}),
  };
}

/** Sets the further repositories; left out, they stay. The plan's own is never one of them. */
async function writeCopies(
  ctx: Ctx,
  may: Authorized<"manage-plans">,
  plan: Settings & { id: string },
): Promise<void> {
  if (plan.moreRepositoryIds === undefined) return;
  const wanted = plan.moreRepositoryIds.filter((id) => id !== plan.repositoryId);
  for (const id of wanted) await refuseForeignRepository(ctx, may, id);
  await ctx.db.delete(planCopies).where(eq(planCopies.planId, plan.id));
  if (wanted.length === 0) return;
  await ctx.db.insert(planCopies).values(wanted.map((repositoryId) => ({ planId: plan.id, repositoryId })));
}

/** Journals which fields were changed; what is kept has an entry of its own. */
async function noteChange(
  ctx: Ctx,
  may: Authorized<"manage-plans">,
  plan: Settings & { id: string },
  before: typeof plans.$inferSelect,
): Promise<void> {
  const { keep: _, ...wanted } = columnsOf(plan);
  const changed = changedFields(before, wanted);
  if (changed === null) return;
  await appendEntry(ctx, {
    action: "plan.changed",
    say: `Changed the plan ${before.name}: ${Object.keys(changed.after).join(", ")}.`,
    ...{ clientId: may.clientId, repositoryId: plan.repositoryId },
    detail: { planId: plan.id, ...changed },
  });
}

/** Journals a change of what is kept: it decides what is deleted from now on. */
async function noteKeep(
  ctx: Ctx,
  may: Authorized<"manage-plans">,
  plan: { id: string; name: string; repositoryId: string; keep: KeepRules | null },
  before: StoredKeepRules | null,
): Promise<void> {
  if (isSame(before && allKeepRules(before), plan.keep)) return;
  await appendEntry(ctx, {
    action: "plan.keep",
    say: `Plan ${plan.name} keeps ${sayKeepRules(plan.keep)}; before it kept ${sayKeepRules(before)}.`,
    clientId: may.clientId,
    repositoryId: plan.repositoryId,
    detail: { planId: plan.id, before, after: plan.keep },
  });
}

function isSame(one: KeepRules | null, other: KeepRules | null): boolean {
  if (one === null || other === null) return one === other;
  return KEEP_RULES.every((rule) => one[rule] === other[rule]);
}

const KEEP_RULES = Object.keys(keepRules.shape) as (keyof KeepRules)[];

async function refuseForeignRepository(
  ctx: Ctx,
  may: Authorized<"manage-plans">,
  repositoryId: string,
): Promise<void> {
  const [own] = await ctx.db
    .select({ id: repositories.id })
    .from(repositories)
    .innerJoin(clients, and(eq(clients.id, repositories.clientId), isNull(clients.removedAt)))
    .where(
      and(
        eq(repositories.id, repositoryId),
        eq(repositories.clientId, may.clientId),
        isNull(repositories.removedAt),
      ),
    );
  if (!own) throw new Refusal("not-found", { say: "This client has no such repository." });
}

async function refuseTakenName(name: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!violates(error, "plans_living_name")) throw error;
    throw new Refusal("name-taken", { say: `This client has a plan named ${name} already.` });
  }
}
