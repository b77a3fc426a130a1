import { eq } from "drizzle-orm";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { newId } from "../db/new-id";
import { jobs } from "../db/schema/jobs";
import { log } from "../log";
import { type EndingJob, endJob } from "./end-job";

/**
 * The order of a job that was just given out. What is missing for now puts the job back with the reason; a job that can never be
 * prepared (its passphrase does not open, its order is unreadable) fails alone, so that it does not stop the machine's other work.
 */
export async function prepareOrder<Order>(
  ctx: Ctx,
  job: EndingJob,
  prepare: () => Promise<Order>,
): Promise<Order | null> {
  try {
    return await prepare();
  } catch (problem) {
    if (problem instanceof Refusal) {
      await ctx.db
        .update(jobs)
        .set({ state: "queued", leaseExpiresAt: null, problem: { code: problem.code, say: problem.say } })
        .where(eq(jobs.id, job.id));
      return null;
    }
    const reference = newId();
    log().error({ err: problem, reference, jobId: job.id }, "a job could not be prepared");
    await endJob(ctx, job, {
      state: "failed",
      problem: {
        code: "server-fault",
        say: `The server could not prepare this job. Its log says why, under the reference ${reference}.`,
      },
    });
    return null;
  }
}
