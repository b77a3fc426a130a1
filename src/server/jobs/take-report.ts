import { and, eq } from "drizzle-orm";
import { claimedInstant } from "~/domain/claimed-instant";
import { type EndedState, LEASE_SECONDS } from "~/domain/job";
import { judgeReport } from "~/domain/lease";
import { Refusal } from "~/domain/refusal";
import { endOfStopped } from "~/domain/time-limit";
import type { ReportRequest } from "~/protocol/v1";
import { announce } from "../db/changes";
import { jobSamples, jobs } from "../db/schema/jobs";
import { recordGaps } from "../plans/record-gaps";
import { appendLog } from "./append-log";
import { dropNeedlessTries } from "./drop-needless-tries";
import { endJob } from "./end-job";
import type { AgentCtx } from "./hand-out-jobs";
import { reviveJob } from "./reconcile-holding";

type Job = typeof jobs.$inferSelect;

export interface ReportAnswer {
  /** The end is stored, now or before: the reporter may forget the job. */
  acknowledged: boolean;
  /** A person wants it stopped. */
  cancel: boolean;
}

/**
 * Takes what a machine says of a job it holds: progress, log lines, the end. Any report may come twice. Only under the current
 * lease: a former holder changes nothing. A true end replaces a failure that was only our guess from silence.
 * Refuses not-found (also another machine's job), stale-lease, invalid-input (a result of another kind).
 */
export async function takeReport(
  ctx: AgentCtx,
  input: { jobId: string; report: ReportRequest },
): Promise<ReportAnswer> {
  const { report } = input;
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const [job] = await tx
      .select()
      .from(jobs)
      .where(and(eq(jobs.id, input.jobId), eq(jobs.clientId, ctx.actor.clientId), eq(jobs.executor, "agent")))
      .for("update");
    if (!job) throw new Refusal("not-found", { say: "This machine has no such job." });
    if (report.result && report.result.kind !== job.kind) {
      throw new Refusal("invalid-input", {
        say: `A ${job.kind} cannot have a result of a ${report.result.kind}.`,
      });
    }
    const leased = { state: job.state, lease: job.lease, problemCode: job.problem?.code ?? null };
    const verdict = judgeReport(leased, report.lease);
    if (verdict.kind === "stale") {
      throw new Refusal("stale-lease", {
        say: "This job was given to another holder, or was taken back. Stop it.",
      });
    }
    await appendLog(inTx, { jobId: job.id, lease: job.lease, lines: report.log });
    if (verdict.kind === "already-ended") return { acknowledged: true, cancel: false };
    if (verdict.kind === "revive") await dropNeedlessTries(inTx, { jobId: job.id });
    const ended = endedState(report.state);
    if (ended) {
      const byLimit = ended === "cancelled" ? endOfStopped(job.problem) : null;
      const { sample, ...cameOfIt } = whatCameOfIt(inTx, job, report, ended);
      await endJob(inTx, job, { state: ended, ...cameOfIt, ...byLimit });
      if (sample) {
        await tx.insert(jobSamples).values({ jobId: job.id, sample }).onConflictDoNothing();
      }
      if (ended === "succeeded" && report.result?.kind === "find-gaps") {
        await recordGaps(inTx, { clientId: job.clientId, gaps: report.result.gaps });
      }
      return { acknowledged: true, cancel: false };
    }
    if (verdict.kind === "revive" && !(await reviveJob(inTx, job))) {
      return { acknowledged: false, cancel: false };
    }
    await keepRunning(inTx, job, report);
    return { acknowledged: false, cancel: job.cancelRequestedAt !== null };
  });
}

function endedState(state: ReportRequest["state"]): EndedState | null {
  return state === "running" ? null : state;
}

/** The end as it is stored. A failure without a reason gets one, so that nobody has to read an empty page. */
function whatCameOfIt(ctx: AgentCtx, job: Job, report: ReportRequest, state: EndedState) {
  const startedAt = report.startedAt ? claimedInstant(report.startedAt, ctx.now) : job.startedAt;
  const silent = { code: "agent-fault", say: "The agent reported a failure without a reason. See the log." };
  const problem = report.problem ?? (state === "failed" ? silent : null);
  const { result, sample } = withoutSample(report.result);
  return { problem, result, sample, ...(startedAt ? { startedAt } : {}) };
}

/** What only drills read does not travel with every look at the job. */
function withoutSample(result: ReportRequest["result"]) {
  if (result?.kind !== "backup") return { result: result ?? null, sample: undefined };
  const { sample, ...rest } = result;
  return { result: rest, sample };
}

async function keepRunning(ctx: AgentCtx, job: Job, report: ReportRequest): Promise<void> {
  await ctx.db
    .update(jobs)
    .set({
      state: "running",
      leaseExpiresAt: new Date(ctx.now.getTime() + LEASE_SECONDS * 1000),
      startedAt: report.startedAt ? claimedInstant(report.startedAt, ctx.now) : (job.startedAt ?? ctx.now),
      ...(report.progress ? { progress: report.progress } : {}),
    })
    .where(eq(jobs.id, job.id));
  await announce(ctx.db, { entity: "job", id: job.id, clientId: job.clientId });
}
