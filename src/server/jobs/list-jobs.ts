import { and, eq, gte, inArray, isNull, lt, notInArray, type SQL, sql } from "drizzle-orm";
import { ACTIVE_STATES, type JobKind, type JobState, LOOK_KINDS } from "~/domain/job";
import { cutPage, decodeCursor, type Page } from "~/domain/page";
import type { Ctx } from "../context";
import { jobs } from "../db/schema/jobs";
import { visibleTo } from "../db/visible-to";
import { type JobRow, newestFirst, readJobRows } from "./job-row";
import { findJobsAbout } from "./search-jobs";

/** Work that follows every backup or click; shown only when asked for by kind. */
export const ROUTINE_KINDS: JobKind[] = ["list-folder", "catalog", "audit", ...LOOK_KINDS];

export interface JobFilter {
  clientId?: string | undefined;
  planId?: string | undefined;
  repositoryId?: string | undefined;
  runId?: string | undefined;
  states?: JobState[] | undefined;
  kinds?: JobKind[] | undefined;
  /** Part of the name of a client, plan or repository; or a job's id, or an archive's name, in full. */
  search?: string | undefined;
  /** Asked for from then on, and before then. */
  from?: Date | undefined;
  to?: Date | undefined;
}

/**
 * Jobs that the actor may see, newest first; one statement a page, with a search one more for the names. Without `kinds`, routine server
 * work is left out.
 */
export async function listJobs(
  ctx: Ctx,
  input: JobFilter & { cursor?: string | null | undefined; limit: number },
): Promise<Page<JobRow>> {
  const after = decodeCursor(input.cursor);
  const fits = and(
    visibleTo(ctx.actor, jobs.clientId),
    ...filterOf(input),
    after ? sql`(${jobs.createdAt}, ${jobs.id}) < (${after.at.toISOString()}, ${after.id})` : undefined,
  );
  const atMost = input.limit + 1;
  const text = input.search?.trim();
  const about = text ? await findJobsAbout(ctx, { text, others: fits ?? sql`true`, atMost }) : undefined;
  const rows = await readJobRows(ctx, { where: and(about, fits), order: newestFirst, limit: atMost });
  return cutPage(
    rows,
    input.limit,
    (row) => ({ at: row.createdAt, id: row.id }),
    (row) => row,
  );
}

function filterOf(filter: JobFilter): (SQL | undefined)[] {
  return [
    filter.clientId ? eq(jobs.clientId, filter.clientId) : undefined,
    filter.planId ? eq(jobs.planId, filter.planId) : undefined,
    filter.repositoryId ? eq(jobs.repositoryId, filter.repositoryId) : undefined,
    filter.runId ? eq(jobs.runId, filter.runId) : undefined,
    filter.from ? gte(jobs.createdAt, filter.from) : undefined,
    filter.to ? lt(jobs.createdAt, filter.to) : undefined,
    ...statesOf(filter.states),
    filter.kinds?.length ? inArray(jobs.kind, filter.kinds) : notInArray(jobs.kind, ROUTINE_KINDS),
  ];
}

/** With the condition of the index that holds only such jobs: they are few among the many that went well. */
function statesOf(states: JobState[] | undefined): (SQL | undefined)[] {
  if (!states?.length) return [];
  const wanted = inArray(jobs.state, states);
  if (states.every((state) => (ACTIVE_STATES as readonly JobState[]).includes(state)))
    return [wanted, isNull(jobs.endedAt)];
  if (states.every((state) => state === "failed" || state === "warned" || state === "cancelled"))
    return [wanted, sql`${jobs.state} in ('failed', 'warned', 'cancelled')`];
  return [wanted];
}
