import { and, asc, eq, inArray, lt, notInArray } from "drizzle-orm";
import { isWriter } from "~/domain/admission";
import { LEASE_SECONDS } from "~/domain/job";
import { reconcile } from "~/domain/job-reconcile";
import { AGENT_SILENT, judgeReport } from "~/domain/lease";
import { endOfStopped } from "~/domain/time-limit";
import type { PollRequest } from "~/protocol/v1";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { jobs } from "../db/schema/jobs";
import { dropNeedlessTries } from "./drop-needless-tries";
import { endJob } from "./end-job";
import { lockRepositories } from "./lock-repositories";

type Job = typeof jobs.$inferSelect;

/**
 * Brings what we believe a machine has in line with what it says it has, at the beginning of a poll. `ctx.now` is when the poll
 * arrived: what was given out since is not judged, for the machine could not yet name it.
 */
export async function reconcileHolding(
  ctx: Ctx,
  input: { clientId: string; holding: PollRequest["holding"] },
): Promise<void> {
  const out = await ctx.db
    .select()
    .from(jobs)
    .where(
      and(
        eq(jobs.clientId, input.clientId),
        eq(jobs.executor, "agent"),
        inArray(jobs.state, ["assigned", "running"]),
        lt(jobs.assignedAt, ctx.now),
      ),
    )
    .orderBy(asc(jobs.id))
    .limit(50)
    .for("update", { skipLocked: true });
  for (const job of out) await settle(ctx, job, input.holding);
  await reviveHeld(ctx, input, out);
}

async function settle(ctx: Ctx, job: Job, holding: PollRequest["holding"]): Promise<void> {
  const state = job.state === "assigned" ? "assigned" : "running";
  const outstanding = { ...job, state, cancelRequested: job.cancelRequestedAt !== null } as const;
  switch (reconcile(outstanding, holding)) {
    case "keep":
      await ctx.db.update(jobs).set(freshLease(ctx)).where(eq(jobs.id, job.id));
      return;
    case "hand-out-again":
      // Hand-out follows in the same transaction and gives it a new lease if the machine can take it.
      await ctx.db
        .update(jobs)
        .set({ state: "queued", leaseExpiresAt: null, assignedAt: null })
        .where(eq(jobs.id, job.id));
      return;
    case "cancel":
      return endJob(ctx, job, {
        state: "cancelled",
        problem: { code: "cancelled", say: "Cancelled before it reached the machine. Nothing was done." },
        ...endOfStopped(job.problem),
      });
    case "lost":
      return endJob(ctx, job, {
        state: job.cancelRequestedAt ? "cancelled" : "failed",
        problem: {
          code: "agent-restarted",
          say: "The agent lost this job: it or its machine was restarted. Nothing that was stored is lost; start the job again.",
        },
        ...endOfStopped(job.problem),
      });
    case "leave":
      return;
  }
}

/** A job that we gave up for lost because of silence, and which the machine still holds: it runs again, unless its place is taken. */
async function reviveHeld(
  ctx: Ctx,
  input: { clientId: string; holding: PollRequest["holding"] },
  settled: readonly Job[],
): Promise<void> {
  const seen = new Set(settled.map((job) => job.id));
  const unknown = input.holding.filter((held) => !seen.has(held.jobId)).map((held) => held.jobId);
  if (unknown.length === 0) return;
  const ended = await ctx.db
    .select()
    .from(jobs)
    .where(
      and(
        eq(jobs.clientId, input.clientId),
        inArray(jobs.id, unknown),
        eq(jobs.executor, "agent"),
        notInArray(jobs.state, ["assigned", "running"]),
      ),
    )
    .orderBy(asc(jobs.id))
    .limit(50)
    .for("update", { skipLocked: true });
  for (const job of ended) {
    const held = input.holding.find((candidate) => candidate.jobId === job.id);
    const leased = { state: job.state, lease: job.lease, problemCode: job.problem?.code ?? null };
    if (held && judgeReport(leased, held.lease).kind === "revive") await reviveJob(ctx, job);
  }
}

/**
 * Takes back our guess ({@link AGENT_SILENT}) that a job was lost. False: another job writes to its repository by now, so it stays
 * failed until its holder reports the true end. The caller holds the job's row.
 */
export async function reviveJob(ctx: Ctx, job: Job): Promise<boolean> {
  if (isWriter(job.kind)) {
    const { busy } = await lockRepositories(ctx, [job.repositoryId]);
    if (busy.has(job.repositoryId ?? "")) return false;
  }
  await dropNeedlessTries(ctx, { jobId: job.id });
  await ctx.db
    .update(jobs)
    .set({ state: "running", endedAt: null, problem: null, ...freshLease(ctx) })
    .where(eq(jobs.id, job.id));
  await announce(ctx.db, { entity: "job", id: job.id, clientId: job.clientId });
  return true;
}

function freshLease(ctx: Ctx) {
  return { leaseExpiresAt: new Date(ctx.now.getTime() + LEASE_SECONDS * 1000) };
}
