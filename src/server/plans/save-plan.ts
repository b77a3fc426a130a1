import { and, eq, isNull } from "drizzle-orm";
import { NO_OPTIONS } from "~/domain/no-options";
import type { Authorized } from "~/domain/permission";
import type { PlanDraft } from "~/domain/plan-input";
import type { DatabaseSource, PlanOptions } from "~/domain/plan-options";
import { Refusal } from "~/domain/refusal";
import { withBoxes } from "~/domain/sealed-boxes";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { newId } from "../db/new-id";
import { plans } from "../db/schema/plans";
import { schedules } from "../db/schema/schedules";
import { violates } from "../db/violates";
import { noteSchedule, type ScheduleChange } from "../schedules/note-schedule";
import { saveSchedule } from "../schedules/save-schedule";
import { demandDrillTarget } from "./demand-drill-target";
import { planMissing } from "./get-plan";
import { noteChange, noteCreated, noteKeep } from "./note-plan-change";
import { readCopies, refuseForeignRepository, writeCopies } from "./own-repository";
import { planChangedAt } from "./plan-state";

/** What may be left out: in a new plan it is the default, in an existing one it stays. */
type Optional = "moreRepositoryIds" | "options" | "objectives" | "schedule";
type Settings = Omit<PlanDraft, "clientId" | Optional> & Partial<Pick<PlanDraft, Optional>>;

/** Makes a plan; `from` names the one it copies. Refuses `name-taken` in any case of letters, and a repository that is not the client's. */
export async function createPlan(
  ctx: Ctx,
  may: Authorized<"manage-plans">,
  input: Settings,
  from: string | null = null,
): Promise<{ id: string }> {
  const id = newId();
  await refuseTakenName(input.name, () =>
    ctx.db.transaction(async (tx) => {
      const inTx = { ...ctx, db: tx };
      await refuseForeignRepository(inTx, may, input.repositoryId);
      const columns = columnsOf(input, []);
      refuseEmpty({ options: NO_OPTIONS, ...columns });
      await demandDrillTarget(inTx, may, { before: NO_OPTIONS, after: columns.options ?? NO_OPTIONS });
      await tx
        .insert(plans)
        .values({ id, clientId: may.clientId, ...columns, createdAt: ctx.now, updatedAt: ctx.now });
      await writeCopies(inTx, may, { ...input, id });
      const scheduled = await writeSchedule(inTx, may, { ...input, id });
      await announce(tx, { entity: "plan", id, clientId: may.clientId });
      const { keep: _, ...fields } = columns;
      const copies = await readCopies(inTx, id);
      await noteCreated(inTx, may, { ...input, id }, { ...fields, moreRepositoryIds: copies }, from);
      await noteKeep(inTx, may, { ...input, id }, null);
      await noteSchedule(inTx, scheduled);
    }),
  );
  return { id };
}

/**
 * Changes a plan from the next run on; one that waits or runs keeps what it began with. `updatedAt`: as the plan was when it was opened;
 * refuses `changed-meanwhile` if somebody has saved it since. `because` stands in the journal. Refuses like `createPlan`.
 */
export async function updatePlan(
  ctx: Ctx,
  may: Authorized<"manage-plans">,
  input: Settings & { id: string; updatedAt?: Date | undefined },
  because: string | null = null,
): Promise<void> {
  await refuseTakenName(input.name, () =>
    ctx.db.transaction(async (tx) => {
      const inTx = { ...ctx, db: tx };
      await refuseForeignRepository(inTx, may, input.repositoryId);
      const own = and(eq(plans.id, input.id), eq(plans.clientId, may.clientId), isNull(plans.removedAt));
      const [before] = await tx.select().from(plans).where(own).for("no key update");
      if (!before) throw planMissing();
      if (input.updatedAt) await refuseChangedMeanwhile(inTx, input.id, input.updatedAt);
      const copiesBefore = await readCopies(inTx, input.id);
      const columns = columnsOf(input, before.options.databases ?? []);
      refuseEmpty({ ...before, ...columns });
      await demandDrillTarget(inTx, may, {
        before: before.options,
        after: columns.options ?? before.options,
      });
      await tx
        .update(plans)
        .set({ ...columns, updatedAt: ctx.now })
        .where(own);
      await writeCopies(inTx, may, input);
      const scheduled = await writeSchedule(inTx, may, input);
      await announce(tx, { entity: "plan", id: input.id, clientId: may.clientId });
      const { keep: _, ...fields } = columns;
      await noteChange(
        inTx,
        may,
        { ...input, name: before.name },
        {
          before: { ...before, moreRepositoryIds: copiesBefore },
          after: { ...fields, moreRepositoryIds: await readCopies(inTx, input.id) },
          because,
        },
      );
      await noteKeep(inTx, may, input, before.keep);
      await noteSchedule(inTx, scheduled);
    }),
  );
}

/** Sets when it runs by itself; left out, that stays. Answers what is to be journaled. */
async function writeSchedule(
  ctx: Ctx,
  may: Authorized<"manage-plans">,
  { id, name, schedule }: Settings & { id: string },
): Promise<ScheduleChange | null> {
  if (schedule === undefined) return null;
  const target = { purpose: "backup", clientId: may.clientId, planId: id } as const;
  return saveSchedule(ctx, target, { schedule, name });
}

function columnsOf(input: Settings, stored: readonly DatabaseSource[]) {
  const { repositoryId, name, sources, excludes, compression, oneFileSystem, excludeCaches, keep } = input;
  const { options, objectives } = input;
  return {
    ...{ repositoryId, name, sources, excludes, compression, oneFileSystem, excludeCaches, keep },
    ...(options ? { options: withStoredBoxes(options, stored) } : {}),
    ...(objectives ? { objectives } : {}),
  };
}

/** Puts the sealed passwords back that the console was not shown. Refuses one that was typed for something else. */
function withStoredBoxes(given: PlanOptions, stored: readonly DatabaseSource[]): PlanOptions {
  const { options, lost } = withBoxes(given, stored);
  if (options) return options;
  throw new Refusal("invalid-input", {
    say: `Type the password of ${lost} again: it is stored for another server, account or name only.`,
  });
}

/** A caller that does not speak of options may still take the last thing away that is read. */
function refuseEmpty(plan: { sources: readonly string[]; options: Partial<PlanOptions> }): void {
  if (plan.sources.length > 0 || (plan.options.databases ?? []).length > 0) return;
  throw new Refusal("invalid-input", { say: "Choose at least one directory or database." });
}

/** The plan's row is held: its schedule is changed by whoever holds that. */
async function refuseChangedMeanwhile(ctx: Ctx, id: string, openedAs: Date): Promise<void> {
  const [now] = await ctx.db
    .select({ changedAt: planChangedAt })
    .from(plans)
    .leftJoin(schedules, eq(schedules.planId, plans.id))
    .where(eq(plans.id, id));
  if (now?.changedAt.getTime() === openedAs.getTime()) return;
  throw new Refusal("changed-meanwhile", {
    say: "Somebody has changed this plan since you opened it. Open it again and make your change there; nothing was saved now.",
  });
}

async function refuseTakenName(name: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!violates(error, "plans_living_name")) throw error;
    throw new Refusal("name-taken", { say: `This client has a plan named ${name} already.` });
  }
}
