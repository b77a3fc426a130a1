import { claimedInstant } from "~/domain/claimed-instant";
import type { LogLine } from "~/protocol/v1";
import type { Ctx } from "../context";
import { jobLogLines } from "../db/schema/jobs";

/** Most lines kept of one job and hand-out. The first ones: a machine that talks without end cannot fill the database, and the
 *  cause of a failure stands near the beginning of the noise. */
const MOST_LINES = 20_000;

/** Adds log lines to a job. A line that is there already (by hand-out and number) stays as it is, so a batch may come twice. */
export async function appendLog(
  ctx: Ctx,
  input: { jobId: string; lease: number; lines: readonly LogLine[] },
): Promise<void> {
  const rows = input.lines
    .filter((line) => line.sequence <= MOST_LINES)
    .map((line) => ({
      jobId: input.jobId,
      lease: input.lease,
      sequence: line.sequence,
      at: claimedInstant(line.at, ctx.now),
      level: line.level,
      message: line.message,
    }));
  if (rows.length > 0) await ctx.db.insert(jobLogLines).values(rows).onConflictDoNothing();
}
