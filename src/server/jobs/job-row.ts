import { eq, type SQL, sql } from "drizzle-orm";
import { isLook, type JobKind, type JobState } from "~/domain/job";
import type { JobProblem } from "~/domain/job-payload";
import { AGENT_SILENT } from "~/domain/lease";
import type { Progress } from "~/protocol/v1";
import type { Ctx } from "../context";
import { users } from "../db/schema/access";
import { clients } from "../db/schema/clients";
import { jobs } from "../db/schema/jobs";
import { plans } from "../db/schema/plans";
import { repositories } from "../db/schema/repositories";

/** A job as lists show it: with the names of what it is about, without what it was asked and what came of it. */
export interface JobRow {
  id: string;
  runId: string;
  kind: JobKind;
  state: JobState;
  clientId: string;
  clientName: string;
  planId: string | null;
  planName: string | null;
  repositoryId: string | null;
  repositoryName: string | null;
  createdAt: Date;
  assignedAt: Date | null;
  startedAt: Date | null;
  endedAt: Date | null;
  progress: Progress | null;
  problem: JobProblem | null;
  cancelRequestedAt: Date | null;
  /** Null: the server itself asked for it. */
  requestedByName: string | null;
  /** Since when whoever does the work has been silent past its lease; null while it talks. */
  silentSince: Date | null;
}

const columns = {
  id: jobs.id,
  runId: jobs.runId,
  kind: jobs.kind,
  state: jobs.state,
  clientId: jobs.clientId,
  clientName: clients.name,
  planId: jobs.planId,
  planName: plans.name,
  repositoryId: jobs.repositoryId,
  repositoryName: repositories.name,
  createdAt: jobs.createdAt,
  assignedAt: jobs.assignedAt,
  startedAt: jobs.startedAt,
  endedAt: jobs.endedAt,
  progress: jobs.progress,
  problem: jobs.problem,
  cancelRequestedAt: jobs.cancelRequestedAt,
  requestedByName: users.name,
  leaseExpiresAt: jobs.leaseExpiresAt,
};

/** Reads job rows with their names in one statement. `order` must follow an index; see tests/rooms/jobs/explain. */
export async function readJobRows(
  ctx: Ctx,
  given: { where: SQL | undefined; order: SQL[]; limit: number },
): Promise<JobRow[]> {
  const rows = await ctx.db
    .select(columns)
    .from(jobs)
    .innerJoin(clients, eq(clients.id, jobs.clientId))
    .leftJoin(plans, eq(plans.id, jobs.planId))
    .leftJoin(repositories, eq(repositories.id, jobs.repositoryId))
    .leftJoin(users, eq(users.id, jobs.requestedBy))
    .where(given.where)
    .orderBy(...given.order)
    .limit(given.limit);
  return rows.map(({ leaseExpiresAt, ...row }) => ({
    ...row,
    problem: isLook(row.kind) ? withoutPlace(row.problem) : row.problem,
    silentSince: silentSince(row.state, leaseExpiresAt, row.problem, ctx.now),
  }));
}

/** What a look met names a place on the disk: that is for those only who may look (backups/read-look). */
function withoutPlace(problem: JobProblem | null): JobProblem | null {
  return (
    problem && {
      ...problem,
      say: "The look at the machine did not succeed. Look again from where it was begun.",
    }
  );
}

/** Newest first, as `jobs_newest` and its sisters are ordered. */
export const newestFirst = [sql`${jobs.createdAt} desc`, sql`${jobs.id} desc`];

function silentSince(
  state: JobState,
  leaseExpiresAt: Date | null,
  problem: JobProblem | null,
  now: Date,
): Date | null {
  if (state === "failed" && problem?.code === AGENT_SILENT) return leaseExpiresAt;
  const active = state === "assigned" || state === "running";
  return active && leaseExpiresAt && leaseExpiresAt < now ? leaseExpiresAt : null;
}
