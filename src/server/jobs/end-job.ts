import { and, eq, isNull, sql } from "drizzle-orm";
import { planId } from "~/domain/id";
import { type EndedState, JOB_KINDS, type JobKind, WRITING_KINDS } from "~/domain/job";
import { type JobProblem, type JobResult, jobPayloads } from "~/domain/job-payload";
import { isPlaced } from "~/domain/queue-limits";
import { followUps } from "~/domain/run-chain";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { jobs } from "../db/schema/jobs";
import { plans } from "../db/schema/plans";
import { enqueueJob } from "./enqueue-job";
import { wakeLine } from "./places";
import { releaseJob } from "./release-job";
import { retryLost } from "./retry-lost";

/** Kinds whose end others may wait for: a repository becomes free or is made, an account is made. */
const LETS_OTHERS_BEGIN: readonly JobKind[] = [...WRITING_KINDS, "provision-client", "remove-client"];

/** What an ending needs to know of the job. */
export interface EndingJob {
  id: string;
  kind: JobKind;
  clientId: string;
  runId: string;
  repositoryId: string | null;
  planId: string | null;
  /** 0: it was never handed out. */
  lease: number;
}

/**
 * Ends a job and starts what follows it, in the caller's transaction, which holds the job's row and has decided that it may end.
 * The one place that writes an end state. The lease's expiry stays as it was: it tells since when a silent agent was silent.
 * Wakes whoever may have waited for the repository or for its place in the queue; queues another try of what was only cut off.
 */
export async function endJob(
  ctx: Ctx,
  job: EndingJob,
  end: { state: EndedState; problem?: JobProblem | null; result?: JobResult | null; startedAt?: Date },
): Promise<void> {
  await ctx.db
    .update(jobs)
    .set({
      state: end.state,
      endedAt: ctx.now,
      problem: end.problem ?? null,
      result: end.result ?? null,
      heldBy: null,
      notBefore: null,
      turnAt: null,
      ...(end.startedAt ? { startedAt: end.startedAt } : {}),
    })
    .where(eq(jobs.id, job.id));
  await enqueueFollowUps(ctx, job, end.state);
  await settleParcel(ctx, job, end);
  await settleDrill(ctx, job, end);
  await retryLost(ctx, { jobId: job.id, state: end.state, problem: end.problem ?? null });
  const change = { entity: "job", id: job.id, clientId: job.clientId } as const;
  await announce(ctx.db, change);
  if (LETS_OTHERS_BEGIN.includes(job.kind)) {
    await announce(ctx.db, { ...change, wake: "agent" });
    await announce(ctx.db, { ...change, wake: "worker" });
  }
  if (isPlaced(JOB_KINDS[job.kind].lane)) await wakeLine(ctx, { first: 2 });
}

async function enqueueFollowUps(ctx: Ctx, job: EndingJob, state: EndedState): Promise<void> {
  const planKeeps = job.kind === "audit" && (await hasKeepRules(ctx, job.planId));
  const { clientId, repositoryId, runId } = job;
  const inRun = { clientId, repositoryId, runId, planId: job.planId };
  for (const kind of followUps({ kind: job.kind, everHandedOut: job.lease > 0, planKeeps }, state)) {
    if (kind === "audit") await enqueueJob(ctx, { ...inRun, kind, payload: {} });
    else await enqueueJob(ctx, { ...inRun, kind, payload: { planId: planId.parse(job.planId) } });
  }
}

/** A restore that reads a parcel waits for its making, fails with it, and is followed by its removal. */
async function settleParcel(
  ctx: Ctx,
  job: EndingJob,
  end: { state: EndedState; problem?: JobProblem | null },
): Promise<void> {
  const { clientId, runId } = job;
  if (job.kind === "restore") {
    const [row] = await ctx.db.select({ payload: jobs.payload }).from(jobs).where(eq(jobs.id, job.id));
    const parcelId = jobPayloads.restore.safeParse(row?.payload).data?.parcel?.id;
    if (parcelId) await enqueueJob(ctx, { kind: "remove-parcel", clientId, runId, payload: { parcelId } });
  }
  if (job.kind !== "make-parcel" || end.state === "succeeded") return;
  const [waiting] = await ctx.db
    .select()
    .from(jobs)
    .where(and(eq(jobs.runId, runId), eq(jobs.kind, "restore"), eq(jobs.state, "queued")))
    .for("update");
  if (!waiting) return;
  if (end.problem?.code === "repository-damaged") await drillHere(ctx, waiting);
  const why = end.problem?.say ?? "It was stopped.";
  await endJob(ctx, waiting, {
    state: "failed",
    problem: { code: "parcel-failed", say: `What was selected could not be packed for this machine. ${why}` },
  });
}

/** A drill onto another machine waits for its restore and fails with it. One that has ended leaves no restore that goes on. */
async function settleDrill(
  ctx: Ctx,
  job: EndingJob,
  end: { state: EndedState; problem?: JobProblem | null },
): Promise<void> {
  if (job.kind === "drill") return stopRestoreOf(ctx, job);
  const waiting = job.kind === "restore" ? await drillThatWaits(ctx, job) : null;
  if (waiting === null) return;
  if (end.state === "succeeded" || end.state === "warned") {
    await releaseJob(ctx, { jobId: waiting.id, payload: waiting.payload });
    return;
  }
  const why = end.problem?.say ?? "It was stopped.";
  await endJob(ctx, waiting, {
    state: end.problem?.code === "cancelled" ? "cancelled" : "failed",
    problem: {
      code: "drill-not-made",
      say: `The files did not come back on the other machine, which says nothing about the archive. ${why}`,
    },
  });
}

/** What is damaged could not be packed: then the files are read on the storage node, which tells them by name. */
async function drillHere(ctx: Ctx, restore: EndingJob): Promise<void> {
  const waiting = await drillThatWaits(ctx, restore);
  if (waiting === null) return;
  const { onto: _, ...payload } = jobPayloads.drill.parse(waiting.payload);
  await releaseJob(ctx, { jobId: waiting.id, payload });
}

async function drillThatWaits(ctx: Ctx, restore: Pick<EndingJob, "id" | "runId">) {
  const [found] = await ctx.db
    .select()
    .from(jobs)
    .where(
      and(
        ...[eq(jobs.runId, restore.runId), eq(jobs.kind, "drill"), eq(jobs.state, "queued")],
        sql`${jobs.payload} -> 'onto' ->> 'restoreJobId' = ${restore.id}`,
      ),
    )
    .for("update");
  return found ?? null;
}

async function stopRestoreOf(ctx: Ctx, drill: EndingJob): Promise<void> {
  const [row] = await ctx.db.select({ payload: jobs.payload }).from(jobs).where(eq(jobs.id, drill.id));
  const restoreId = jobPayloads.drill.safeParse(row?.payload).data?.onto?.restoreJobId;
  if (restoreId === undefined) return;
  // One that is being reported on right now goes its own way.
  const [restore] = await ctx.db
    .select()
    .from(jobs)
    .where(and(eq(jobs.id, restoreId), isNull(jobs.endedAt)))
    .for("update", { skipLocked: true });
  if (!restore) return;
  await ctx.db.update(jobs).set({ cancelRequestedAt: ctx.now }).where(eq(jobs.id, restore.id));
  if (restore.state === "queued" || restore.state === "blocked") {
    const problem = { code: "cancelled", say: "The drill that it was for has ended." };
    return endJob(ctx, restore, { state: "cancelled", problem });
  }
  const { id, clientId, executor } = restore;
  await announce(ctx.db, { entity: "job", id, clientId, wake: executor });
}

async function hasKeepRules(ctx: Ctx, id: string | null): Promise<boolean> {
  if (id === null) return false;
  const [plan] = await ctx.db
    .select({ keep: plans.keep })
    .from(plans)
    .where(and(eq(plans.id, id), isNull(plans.removedAt)));
  return plan !== undefined && plan.keep !== null;
}
