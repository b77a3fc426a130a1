import { and, desc, eq, ne, sql } from "drizzle-orm";
import { isLook, type JobKind, type JobState, type LookKind } from "~/domain/job";
import { type JobPayloadOf, type JobProblem, jobPayloads } from "~/domain/job-payload";
import type { Authorized } from "~/domain/permission";
import { MOST_COUNTED, sayAhead } from "~/domain/queue-limits";
import { tellWork } from "~/domain/work-words";
import { type AgentJobResult, jobResult } from "~/protocol/v1";
import type { Ctx } from "../context";
import { clients } from "../db/schema/clients";
import { jobs } from "../db/schema/jobs";
import { visibleTo } from "../db/visible-to";
import { jobMissing } from "./find-job-owner";
import { type JobRow, readJobRows } from "./job-row";
import { countAhead } from "./places";

export interface JobDetail extends JobRow {
  /** Nothing in it: an older release wrote it in a way that this one does not understand, or it only looked. */
  payload: JobPayloadOf<Exclude<JobKind, LookKind>>;
  /**
   * What the agent reported of a backup or restore (protocol v1); null before the end, for other work, for what is not understood, and for
   * looks: what was looked at and seen is for those only who may look at the disk (backups/read-look).
   */
  result: Extract<AgentJobResult, { kind: "backup" | "restore" }> | null;
  /** What came of other work, in sentences; empty before the end and where there is nothing to tell. */
  told: string[];
  /** The other jobs of the same run, oldest first; a restore to another client has some of both, those that one may see. */
  related: JobRow[];
  retryOf: string | null;
  /** How often it was tried by itself before. */
  tries: number;
  /** The other try of this one that came last. */
  triedAgainAs: { id: string; state: JobState } | null;
  /** Queued, but not before then. */
  notBefore: Date | null;
  /** The due time of its schedule that it stands for. */
  dueAt: Date | null;
  /** Seconds after which it is stopped, where that is not the usual time of its kind. */
  limitSeconds: number | null;
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
    .select({
      ...{ kind: jobs.kind, payload: jobs.payload, result: jobs.result, retryOf: jobs.retryOf },
      ...{ tries: jobs.tries, notBefore: jobs.notBefore, dueAt: jobs.dueAt, limitSeconds: jobs.limitSeconds },
      ...{ lane: jobs.lane, priority: jobs.priority, turnAt: jobs.turnAt, node: clients.storageNodeId },
    })
    .from(jobs)
    .innerJoin(clients, eq(clients.id, jobs.clientId))
    .where(its);
  if (!row || !rest) throw jobMissing();
  const [again] = await ctx.db
    .select({ id: jobs.id, state: jobs.state })
    .from(jobs)
    .where(and(eq(jobs.retryOf, row.id), eq(jobs.clientId, may.clientId)))
    .orderBy(desc(jobs.createdAt), desc(jobs.id))
    .limit(1);
  const related = await readJobRows(ctx, {
    where: and(eq(jobs.runId, row.runId), ne(jobs.id, row.id), visibleTo(ctx.actor, jobs.clientId)),
    order: [sql`${jobs.createdAt}`, sql`${jobs.id}`],
    limit: 50,
  });
  return {
    ...row,
    problem: rest.turnAt ? await withLine(ctx, row, rest) : row.problem,
    payload: isLook(rest.kind) ? {} : (jobPayloads[rest.kind].safeParse(rest.payload).data ?? {}),
    result: resultOf(rest),
    told: tellWork(rest.kind, rest.result ?? {}),
    ...{ retryOf: rest.retryOf, tries: rest.tries, triedAgainAs: again ?? null },
    ...{ notBefore: rest.notBefore, dueAt: rest.dueAt, limitSeconds: rest.limitSeconds },
    related,
  };
}

/** Why it waits, with how many are before it now. */
async function withLine(
  ctx: Ctx,
  row: JobRow,
  its: { lane: string; priority: number; turnAt: Date | null; node: string },
): Promise<JobProblem | null> {
  if (row.problem === null) return null;
  const ahead = await countAhead(
    ctx,
    { id: row.id, ...its },
    { atMost: MOST_COUNTED + 1, storageNodeId: its.node },
  );
  return { ...row.problem, say: `${row.problem.say} ${sayAhead(ahead)}` };
}

function resultOf(job: { kind: JobKind; result: unknown }): JobDetail["result"] {
  const { data } = jobResult.safeParse(job.result);
  return data?.kind === "backup" || data?.kind === "restore" ? data : null;
}
