import { and, eq } from "drizzle-orm";
import { isEnded } from "~/domain/job";
import { actionOfJob, type JobAction } from "~/domain/job-permission";
import type { Authorized } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { jobs } from "../db/schema/jobs";
import { appendEntry } from "../journal/append-entry";
import { endJob } from "./end-job";
import { jobMissing } from "./find-job-owner";

/**
 * Stops a job. One that still waits ends at once; one under way is asked to stop, and ends when whoever does it says that it
 * has stopped. May be asked twice. Refuses job-ended, not-found.
 */
export async function cancelJob(
  ctx: Ctx,
  may: Authorized<JobAction>,
  input: { jobId: string },
): Promise<{ ended: boolean }> {
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const [job] = await tx
      .select()
      .from(jobs)
      .where(and(eq(jobs.id, input.jobId), eq(jobs.clientId, may.clientId)))
      .for("update");
    if (!job || actionOfJob(job.kind) !== may.action) throw jobMissing();
    if (isEnded(job.state)) throw new Refusal("job-ended", { say: "This job has already ended." });
    if (job.state === "queued" || job.state === "blocked") {
      await tx.update(jobs).set({ cancelRequestedAt: ctx.now }).where(eq(jobs.id, job.id));
      await endJob(inTx, job, {
        state: "cancelled",
        problem: { code: "cancelled", say: "Cancelled before it began. Nothing was done." },
      });
      await noteCancel(inTx, job);
      return { ended: true };
    }
    await tx
      .update(jobs)
      .set({ cancelRequestedAt: job.cancelRequestedAt ?? ctx.now })
      .where(eq(jobs.id, job.id));
    await announce(tx, { entity: "job", id: job.id, clientId: job.clientId, wake: job.executor });
    if (job.cancelRequestedAt === null) await noteCancel(inTx, job);
    return { ended: false };
  });
}

async function noteCancel(ctx: Ctx, job: typeof jobs.$inferSelect): Promise<void> {
  await appendEntry(ctx, {
    action: "job.cancelled",
    say: `Cancelled a job: ${job.kind.replaceAll("-", " ")}.`,
    ...{ clientId: job.clientId, repositoryId: job.repositoryId },
    detail: { jobId: job.id, kind: job.kind, state: job.state },
  });
}
