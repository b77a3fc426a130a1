import { eq } from "drizzle-orm";
import type { JobKind } from "~/domain/job";
import type { Ctx } from "~/server/context";
import { newId } from "~/server/db/new-id";
import { jobs } from "~/server/db/schema/jobs";
import type { SeededPlan } from "./screens-history";

/** What a roll-back of the screenshots' fleet did. */
export const ROLLED_BACK = {
  transaction: 252,
  segmentsTakenAway: 3,
  segmentsPutBack: 2,
  archives: 28,
  markerArchive: "rolled-back-2026-11-07T1422",
  seconds: 2.8,
};

/** Work of the server for the vault that has ended: a roll-back, an acceptance, a compaction that was not allowed. */
export async function seedVaultJobs(ctx: Ctx, of: { web: SeededPlan; db: SeededPlan }) {
  const rollBack = {
    ...workRow(ctx, of.web, "roll-back", 16 * 24 - 0.3),
    payload: { incidentId: null, transaction: null },
    result: { kind: "roll-back", ...ROLLED_BACK },
  };
  const accept = {
    ...workRow(ctx, of.db, "accept-state", 29.8 * 24),
    payload: { incidentId: "unnamed", reason: "Done by hand." },
    result: { kind: "accept-state", transaction: 15, archivesGivenUp: 2 },
  };
  const compact = {
    ...workRow(ctx, of.web, "compact", 3),
    state: "failed" as const,
    payload: {},
    result: null,
    problem: {
      code: "not-allowed",
      say: "Two sessions wrote since the last audit. Audit the repository first, then compact it.",
    },
  };
  await ctx.db.insert(jobs).values([rollBack, accept, compact]);
  return { rollBackJobId: rollBack.id, acceptJobId: accept.id, compactJobId: compact.id };
}

/** Says which incident a job decided, once there is one. */
export async function nameIncident(ctx: Ctx, jobId: string, incidentId: string): Promise<void> {
  const [job] = await ctx.db.select({ payload: jobs.payload }).from(jobs).where(eq(jobs.id, jobId));
  await ctx.db
    .update(jobs)
    .set({ payload: { ...job?.payload, incidentId } as typeof jobs.$inferInsert.payload })
    .where(eq(jobs.id, jobId));
}

function workRow(ctx: Ctx, plan: SeededPlan, kind: JobKind, hoursAgo: number) {
  const startedAt = new Date(ctx.now.getTime() - hoursAgo * 3_600_000);
  return {
    id: newId(),
    runId: newId(),
    kind,
    executor: "worker" as const,
    lane: "storage" as const,
    clientId: plan.clientId,
    repositoryId: plan.repositoryId,
    planId: null,
    state: "succeeded" as const,
    problem: null,
    requestedBy: ctx.actor.kind === "user" ? ctx.actor.userId : null,
    lease: 1,
    createdAt: new Date(startedAt.getTime() - 400),
    assignedAt: new Date(startedAt.getTime() - 200),
    startedAt,
    endedAt: new Date(startedAt.getTime() + 2_800),
  };
}
