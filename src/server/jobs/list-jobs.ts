import { and, eq, inArray, notInArray, type SQL, sql } from "drizzle-orm";
import type { JobKind, JobState } from "~/domain/job";
import { cutPage, decodeCursor, type Page } from "~/domain/page";
import type { Ctx } from "../context";
import { jobs } from "../db/schema/jobs";
import { visibleTo } from "../db/visible-to";
import { type JobRow, newestFirst, readJobRows } from "./job-row";

/** Server work that follows every backup or click; shown only when asked for by kind. */
export const ROUTINE_KINDS: JobKind[] = ["list-folder", "audit"];

export interface JobFilter {
  clientId?: string | undefined;
  planId?: string | undefined;
  repositoryId?: string | undefined;
  runId?: string | undefined;
  states?: JobState[] | undefined;
  kinds?: JobKind[] | undefined;
}

/** Jobs that the actor may see, newest first, one statement a page. Without `kinds`, routine server work is left out. */
export async function listJobs(
  ctx: Ctx,
  input: JobFilter & { cursor?: string | null | undefined; limit: number },
): Promise<Page<JobRow>> {
  const after = decodeCursor(input.cursor);
  const rows = await readJobRows(ctx, {
    where: and(
      visibleTo(ctx.actor, jobs.clientId),
      ...filterOf(input),
      after ? sql`(${jobs.createdAt}, ${jobs.id}) < (${after.at.toISOString()}, ${after.id})` : undefined,
    ),
    order: newestFirst,
    limit: input.limit + 1,
  });
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
    filter.states?.length ? inArray(jobs.state, filter.states) : undefined,
    filter.kinds?.length ? inArray(jobs.kind, filter.kinds) : notInArray(jobs.kind, ROUTINE_KINDS),
  ];
}
