import { and, eq, inArray } from "drizzle-orm";
import { type ObjectiveState, worstState } from "~/domain/objective";
import type { Authorized } from "~/domain/permission";
import type { Ctx } from "../context";
import { clients } from "../db/schema/clients";
import { plans } from "../db/schema/plans";
import { planMissing } from "../plans/get-plan";
import { type PlanObjective, readObjectives } from "./read-objectives";

/** How a row of a list stands; null: a client without plans. */
export interface ObjectiveMark {
  state: ObjectiveState;
  say: string;
  dueBy: Date | null;
  /** When the oldest of the newest proven restores of all its plans and repositories was; null: one of them was never proven. */
  restoreProvenAt: Date | null;
}

/** Gives the plans of a page their marks, in one statement. The caller has asked which plans may be seen. */
export async function withPlanObjectives<Row extends { id: string }>(
  ctx: Ctx,
  rows: readonly Row[],
): Promise<(Row & { objective: ObjectiveMark | null })[]> {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id);
  const judged = await readObjectives(ctx, { where: inArray(plans.id, ids) });
  const byPlan = new Map(judged.map((plan) => [plan.planId, markOf(plan)]));
  return rows.map((row) => ({ ...row, objective: byPlan.get(row.id) ?? null }));
}

/** The same for clients: each stands as its worst plan does. */
export async function withClientObjectives<Row extends { id: string }>(
  ctx: Ctx,
  rows: readonly Row[],
): Promise<(Row & { objective: ObjectiveMark | null })[]> {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id);
  const judged = await readObjectives(ctx, { where: inArray(clients.id, ids) });
  const plansByClient = new Map<string, PlanObjective[]>();
  for (const plan of judged)
    plansByClient.set(plan.clientId, [...(plansByClient.get(plan.clientId) ?? []), plan]);
  return rows.map((row) => ({ ...row, objective: worstOf(plansByClient.get(row.id) ?? []) }));
}

/** How one plan stands, repository by repository. Refuses not-found for a plan of another client. */
export async function getPlanObjective(
  ctx: Ctx,
  may: Authorized<"view">,
  input: { id: string },
): Promise<PlanObjective> {
  const where = and(eq(plans.id, input.id), eq(plans.clientId, may.clientId));
  const [judged] = await readObjectives(ctx, { where });
  if (!judged) throw planMissing();
  return judged;
}

function worstOf(judged: readonly PlanObjective[]): ObjectiveMark | null {
  const state = worstState(judged.map((plan) => plan.state));
  const worst = judged.find((plan) => plan.state === state);
  if (!worst) return null;
  return { ...markOf(worst), say: `${worst.planName}: ${worst.say}`, restoreProvenAt: oldestProof(judged) };
}

const markOf = (plan: PlanObjective): ObjectiveMark => ({
  ...{ state: plan.state, say: plan.say, dueBy: plan.dueBy, restoreProvenAt: oldestProof([plan]) },
});

function oldestProof(judged: readonly PlanObjective[]): Date | null {
  const proofs = judged.flatMap((plan) =>
    plan.repositories.map((one) => one.restoreProvenAt?.getTime() ?? null),
  );
  const known = proofs.filter((at) => at !== null);
  return known.length === 0 || known.length < proofs.length ? null : new Date(Math.min(...known));
}
