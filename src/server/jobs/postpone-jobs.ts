import { sql } from "drizzle-orm";
import type { JobProblem } from "~/domain/job-payload";
import type { Ctx } from "../context";
import { announceAll } from "../db/changes";
import { jobs } from "../db/schema/jobs";

/** A job that waits, and shall not begin before a time, with the reason for whoever looks at it. */
export interface PostponedJob {
  jobId: string;
  clientId: string;
  notBefore: Date;
  problem: JobProblem;
}

/** Lets jobs that wait still begin at a later time only, in one statement for all. One that has begun meanwhile goes on. May run twice. */
export async function postponeJobs(ctx: Ctx, postponed: readonly PostponedJob[]): Promise<void> {
  if (postponed.length === 0) return;
  const rows = JSON.stringify(
    postponed.map(({ jobId, notBefore, problem }) => ({ id: jobId, at: notBefore.toISOString(), problem })),
  );
  await ctx.db.execute(sql`
    update ${jobs} as j set not_before = n.at, problem = n.problem
    from jsonb_to_recordset(${rows}::jsonb) as n(id text, at timestamptz, problem jsonb)
    where j.id = n.id and j.state in ('queued', 'blocked')`);
  await announceAll(
    ctx.db,
    postponed.map(({ jobId, clientId }) => ({ entity: "job", id: jobId, clientId })),
  );
}
