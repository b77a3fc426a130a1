import { and, eq, isNull } from "drizzle-orm";
import { isEnded } from "~/domain/job";
import { jobPayloads } from "~/domain/job-payload";
import { actionOfJob, type JobAction } from "~/domain/job-permission";
import type { Authorized } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { jobs } from "../db/schema/jobs";
import { appendEntry } from "../journal/append-entry";
import { enqueueJob } from "./enqueue-job";
import { jobMissing } from "./find-job-owner";
import { freshPayload } from "./fresh-payload";

/**
 * Asks for the same work once more, as a new job of its own run. A second click answers with the try that still waits or runs.
 * Refuses invalid-input while the job itself is under way, not-found.
 */
export async function retryJob(
  ctx: Ctx,
  may: Authorized<JobAction>,
  input: { jobId: string },
): Promise<{ jobId: string }> {
  return ctx.db.transaction(async (tx) => {
    const [job] = await tx
      .select()
      .from(jobs)
      .where(and(eq(jobs.id, input.jobId), eq(jobs.clientId, may.clientId)))
      .for("update");
    if (!job || actionOfJob(job.kind) !== may.action) throw jobMissing();
    if (!isEnded(job.state)) {
      throw new Refusal("invalid-input", { say: "This job is still under way. Cancel it first, or wait." });
    }
    if (job.kind === "restore" && jobPayloads.restore.safeParse(job.payload).data?.parcel) {
      throw new Refusal("invalid-input", {
        say: "What this restore read was removed when it ended. Resume it, or start it again.",
      });
    }
    if (job.kind === "drill" && jobPayloads.drill.safeParse(job.payload).data?.onto) {
      throw new Refusal("invalid-input", {
        say: "What this drill had brought onto the other machine is gone. Ask for a drill again.",
      });
    }
    const [again] = await tx
      .select({ id: jobs.id })
      .from(jobs)
      .where(and(eq(jobs.clientId, job.clientId), isNull(jobs.endedAt), eq(jobs.retryOf, job.id)))
      .limit(1);
    if (again) return { jobId: again.id };
    const inTx = { ...ctx, db: tx };
    const { jobId } = await enqueueJob(inTx, {
      kind: job.kind,
      clientId: job.clientId,
      repositoryId: job.repositoryId,
      planId: job.planId,
      payload: freshPayload(job, ctx.now),
      retryOf: job.id,
      limitSeconds: job.limitSeconds,
    });
    await appendEntry(inTx, {
      action: "job.retried",
      say: `Asked for a job once more: ${job.kind.replaceAll("-", " ")}.`,
      ...{ clientId: job.clientId, repositoryId: job.repositoryId },
      detail: { jobId, retryOf: job.id, kind: job.kind },
    });
    return { jobId };
  });
}
