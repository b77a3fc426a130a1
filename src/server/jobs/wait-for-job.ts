import { eq } from "drizzle-orm";
import { isEnded, type JobState } from "~/domain/job";
import type { JobProblem, JobResult } from "~/domain/job-payload";
import { changeFeed } from "../change-feed";
import type { Ctx } from "../context";
import { jobs } from "../db/schema/jobs";
import { doorbell } from "../doorbell";

export interface EndedJob {
  state: JobState;
  problem: JobProblem | null;
  result: JobResult | null;
}

/**
 * Waits until a job has ended, woken by the database and not by looking again and again. Null: not within `timeoutMs`, or the
 * asker has gone; the job goes on. Holds no connection while it waits.
 */
export async function waitForJob(
  ctx: Ctx,
  input: { jobId: string; timeoutMs: number; signal?: AbortSignal | undefined },
): Promise<EndedJob | null> {
  const feed = await changeFeed();
  const bell = doorbell();
  const stop = feed.onChange((change) => {
    if (change === null || (change.entity === "job" && change.id === input.jobId)) bell.ring();
  });
  const endsAt = performance.now() + input.timeoutMs;
  try {
    for (;;) {
      const [job] = await ctx.db
        .select({ state: jobs.state, problem: jobs.problem, result: jobs.result })
        .from(jobs)
        .where(eq(jobs.id, input.jobId));
      if (!job) return null;
      if (isEnded(job.state)) return job;
      const why = await bell.wait({ ms: endsAt - performance.now(), signal: input.signal });
      if (why !== "rung") return null;
    }
  } finally {
    stop();
  }
}
