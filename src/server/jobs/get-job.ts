import { and, eq, ne, sql } from "drizzle-orm";
import { isLook, type JobKind, type LookKind } from "~/domain/job";
import { type JobPayloadOf, jobPayloads } from "~/domain/job-payload";
import type { Authorized } from "~/domain/permission";
import { tellWork } from "~/domain/work-words";
import { type AgentJobResult, jobResult } from "~/protocol/v1";
import type { Ctx } from "../context";
import { jobs } from "../db/schema/jobs";
import { jobMissing } from "./find-job-owner";
import { type JobRow, readJobRows } from "./job-row";

export interface JobDetail extends JobRow {
  /** Nothing in it: an older release wrote it in a way that this one does not understand, or it only looked. */
  payload: JobPayloadOf<Exclude<JobKind, LookKind>>;
  /**
   * What the agent reported (protocol v1); null before the end, for server work, for what is not understood, and for looks: what was looked
   * at and seen is for those only who may look at the disk (backups/read-look).
   */
  result: Exclude<AgentJobResult, { kind: LookKind }> | null;
  /** What came of server work, in sentences; empty before the end and where there is nothing to tell. */
  told: string[];
  /** The other jobs of the same run, oldest first. */
  related: JobRow[];
  retryOf: string | null;
}

/** One job with what was asked, what came of it, and the rest of its run. Refuses not-found. */
export async function getJob(
  ctx: Ctx,
  may: Authorized<"view">,
  input: { jobId: string },
): Promise<JobDetail> {
  const its = and(eq(jobs.id, input.jobId), eq(jobs.clientId, may.clientId));
  const [row] = await readJobRows(ctx, { where: its, order: [sql`${jobs.id}`], limit: 1 });
  const [rest] = await ctx.db
    .select({ kind: jobs.kind, payload: jobs.payload, result: jobs.result, retryOf: jobs.retryOf })
    .from(jobs)
    .where(its);
  if (!row || !rest) throw jobMissing();
  const related = await readJobRows(ctx, {
    where: and(eq(jobs.runId, row.runId), ne(jobs.id, row.id), eq(jobs.clientId, may.clientId)),
    order: [sql`${jobs.createdAt}`, sql`${jobs.id}`],
    limit: 50,
  });
  return {
    ...row,
    payload: isLook(rest.kind) ? {} : (jobPayloads[rest.kind].safeParse(rest.payload).data ?? {}),
    result: resultOf(rest),
    told: tellWork(rest.kind, rest.result ?? {}),
    retryOf: rest.retryOf,
    related,
  };
}

function resultOf(job: { kind: JobKind; result: unknown }): JobDetail["result"] {
  const { data } = jobResult.safeParse(job.result);
  if (!data || data.kind === "browse-disk" || data.kind === "dry-run" || data.kind === "find-gaps")
    return null;
  return data;
}
