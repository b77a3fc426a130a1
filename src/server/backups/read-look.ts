import { and, eq, inArray } from "drizzle-orm";
import type { JobState } from "~/domain/job";
import type { JobProblem } from "~/domain/job-payload";
import type { Authorized } from "~/domain/permission";
import { type DryRunResult, dryRunResult } from "~/protocol/looks";
import type { Ctx } from "../context";
import { jobs } from "../db/schema/jobs";
import { jobMissing } from "../jobs/find-job-owner";

export interface Look {
  jobId: string;
  state: JobState;
  /** What was walked so far; null before the first word. */
  soFar: { files: number; bytes: number } | null;
  problem: JobProblem | null;
  createdAt: Date;
  endedAt: Date | null;
  result: DryRunResult | null;
}

/** A dry run as it stands, with what came of it. Refuses not-found, also for one that was purged. */
export async function readLook(
  ctx: Ctx,
  may: Authorized<"browse-live-disk">,
  input: { jobId: string },
): Promise<Look> {
  const [job] = await ctx.db
    .select()
    .from(jobs)
    .where(
      and(
        ...[eq(jobs.id, input.jobId), eq(jobs.clientId, may.clientId)],
        inArray(jobs.kind, ["dry-run", "find-gaps"]),
      ),
    );
  if (!job) throw jobMissing();
  const { state, problem, createdAt, endedAt, progress } = job;
  return {
    ...{ jobId: job.id, state, problem, createdAt, endedAt },
    soFar: progress && { files: progress.files, bytes: progress.originalBytes },
    result: dryRunResult.safeParse(job.result).data ?? null,
  };
}
