import { and, asc, desc, eq, ilike, inArray, type SQL, sql } from "drizzle-orm";
import type { Authorized } from "~/domain/permission";
import type { LogLine } from "~/protocol/v1";
import type { Ctx } from "../context";
import { jobLogLines, jobs } from "../db/schema/jobs";

export interface ShownLogLine {
  /** Give it as `after` to read on from here. */
  cursor: string;
  at: Date;
  level: LogLine["level"];
  message: string;
}

export interface LogPage {
  lines: ShownLogLine[];
  /** Null: nothing further now; a running job may add lines, read on with the last line's cursor. */
  nextCursor: string | null;
}

export interface LogFilter {
  after?: string | null | undefined;
  levels?: LogLine["level"][] | undefined;
  search?: string | undefined;
  limit: number;
}

/** A job's log, oldest first: by hand-out, then in the order of whoever did the work. */
export async function listLog(
  ctx: Ctx,
  may: Authorized<"view">,
  input: LogFilter & { jobId: string },
): Promise<LogPage> {
  const after = /^(\d{1,9})-(\d{1,15})$/.exec(input.after ?? "");
  const rows = await readLines(
    ctx,
    and(
      eq(jobLogLines.jobId, input.jobId),
      eq(jobs.clientId, may.clientId),
      after
        ? sql`(${jobLogLines.lease}, ${jobLogLines.sequence}) > (${Number(after[1])}::int, ${Number(after[2])}::bigint)`
        : undefined,
      input.levels?.length ? inArray(jobLogLines.level, input.levels) : undefined,
      input.search ? ilike(jobLogLines.message, `%${input.search.replace(/[\\%_]/g, "\\$&")}%`) : undefined,
    ),
    asc,
    input.limit + 1,
  );
  const lines = rows.slice(0, input.limit);
  return { lines, nextCursor: rows.length > input.limit ? (lines.at(-1)?.cursor ?? null) : null };
}

/** The last lines of a job's log, oldest of them first. */
export async function readLogTail(
  ctx: Ctx,
  may: Authorized<"view">,
  input: { jobId: string; limit: number },
): Promise<ShownLogLine[]> {
  const its = and(eq(jobLogLines.jobId, input.jobId), eq(jobs.clientId, may.clientId));
  return (await readLines(ctx, its, desc, input.limit)).reverse();
}

async function readLines(ctx: Ctx, where: SQL | undefined, order: typeof asc, limit: number) {
  const rows = await ctx.db
    .select({
      lease: jobLogLines.lease,
      sequence: jobLogLines.sequence,
      at: jobLogLines.at,
      level: jobLogLines.level,
      message: jobLogLines.message,
    })
    .from(jobLogLines)
    .innerJoin(jobs, eq(jobs.id, jobLogLines.jobId))
    .where(where)
    .orderBy(order(jobLogLines.lease), order(jobLogLines.sequence))
    .limit(limit);
  return rows.map(({ lease, sequence, ...line }) => ({ ...line, cursor: `${lease}-${sequence}` }));
}
