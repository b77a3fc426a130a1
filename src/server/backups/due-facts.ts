import { and, asc, eq, isNull, lte, type SQL, type SQLWrapper, sql } from "drizzle-orm";
import type { DueBackup, DueRepository } from "~/domain/judge-due-backup";
import { onlineSince } from "../clients/client-row";
import type { Ctx } from "../context";
import { clients } from "../db/schema/clients";
import { jobs } from "../db/schema/jobs";
import { planCopies, plans } from "../db/schema/plans";
import { repositories } from "../db/schema/repositories";
import { schedules } from "../db/schema/schedules";

export type PlanRow = typeof plans.$inferSelect;

/** A schedule whose time has come, with all that is needed to decide what becomes of it. Its row and its plan's are held. */
export interface DuePlan {
  schedule: typeof schedules.$inferSelect & { nextDueAt: Date };
  plan: PlanRow;
  facts: DueBackup;
}

/**
 * Takes backups whose time has come, the longest due first: rows that somebody else holds are left to the next look, so that any number of
 * workers may look and nobody waits for a person who edits a plan. Six statements for any number. `taken`: how many rows were due,
 * also those that were left.
 */
export async function takeDuePlans(ctx: Ctx, most: number): Promise<{ taken: number; due: DuePlan[] }> {
  const rows = await ctx.db
    .select()
    .from(schedules)
    .where(and(schedules.enabled, lte(schedules.nextRunAt, ctx.now), eq(schedules.purpose, "backup")))
    .orderBy(asc(schedules.nextRunAt))
    .limit(most)
    .for("update", { skipLocked: true });
  if (rows.length === 0) return { taken: 0, due: [] };
  const planIds = rows.flatMap(({ planId }) => planId ?? []);
  const held = await ctx.db
    .select()
    .from(plans)
    .where(isAny(plans.id, planIds))
    .for("no key update", { skipLocked: true });
  const clientIds = [...new Set(rows.map(({ clientId }) => clientId))];
  const factsOf = await readFacts(ctx, planIds, clientIds);
  const planById = new Map(held.map((plan) => [plan.id, plan]));
  const due = rows.flatMap((schedule): DuePlan[] => {
    const plan = planById.get(schedule.planId ?? "");
    if (!plan || !schedule.nextDueAt) return [];
    const { timing } = schedule.schedule;
    return [{ schedule: { ...schedule, nextDueAt: schedule.nextDueAt }, plan, facts: factsOf(plan, timing) }];
  });
  return { taken: rows.length, due };
}

async function readFacts(ctx: Ctx, planIds: readonly string[], clientIds: readonly string[]) {
  const machines = await ctx.db
    .select({
      id: clients.id,
      removedAt: clients.removedAt,
      enrolledAt: clients.enrolledAt,
      machine: clients.machine,
      lastSeenAt: clients.lastSeenAt,
    })
    .from(clients)
    .where(isAny(clients.id, clientIds));
  const stores = await ctx.db
    .select({
      id: repositories.id,
      clientId: repositories.clientId,
      name: repositories.name,
      state: repositories.state,
      heldAt: repositories.heldAt,
    })
    .from(repositories)
    .where(and(isAny(repositories.clientId, clientIds), isNull(repositories.removedAt)));
  const copies = await ctx.db.select().from(planCopies).where(isAny(planCopies.planId, planIds));
  const unfinished = await ctx.db
    .select({ planId: jobs.planId, repositoryId: jobs.repositoryId })
    .from(jobs)
    .where(and(isAny(jobs.clientId, clientIds), isNull(jobs.endedAt), eq(jobs.kind, "backup")));
  const machineById = new Map(machines.map((machine) => [machine.id, machine]));
  const storeById = new Map(stores.map((store) => [store.id, store]));
  const copiesOf = grouped(copies, ({ planId }) => planId);
  const storesOf = grouped(stores, ({ clientId }) => clientId);
  const busy = new Set(unfinished.map(({ planId, repositoryId }) => `${planId} ${repositoryId}`));
  const online = new Date(onlineSince(ctx.now));
  return (plan: PlanRow, timing: DueBackup["timing"]): DueBackup => {
    const client = machineById.get(plan.clientId);
    const wanted = [plan.repositoryId, ...(copiesOf.get(plan.id) ?? []).map((copy) => copy.repositoryId)];
    const quarantined = (storesOf.get(plan.clientId) ?? []).find((one) => one.heldAt);
    return {
      timing,
      planRemoved: plan.removedAt !== null,
      repositories: [...new Set(wanted)].map((id): DueRepository => {
        const store = storeById.get(id);
        return {
          id,
          name: store?.name ?? id,
          state: store?.state ?? "gone",
          busy: busy.has(`${plan.id} ${id}`),
        };
      }),
      client: {
        removed: !client || client.removedAt !== null,
        enrolled: Boolean(client?.enrolledAt),
        online: Boolean(client?.lastSeenAt && client.lastSeenAt > online),
        machine: client?.machine ?? null,
        quarantined: quarantined?.name ?? null,
      },
    };
  };
}

/** As one parameter, however many. */
function isAny(column: SQLWrapper, ids: readonly string[]): SQL {
  return sql`${column} = any(${sql.param([...ids])}::text[])`;
}

function grouped<T>(rows: readonly T[], keyOf: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group) group.push(row);
    else groups.set(keyOf(row), [row]);
  }
  return groups;
}
