import { and, asc, eq, inArray, isNotNull, lt, lte, sql } from "drizzle-orm";
import type { Ctx } from "../context";
import { announceAll } from "../db/changes";
import { clients } from "../db/schema/clients";
import { jobs } from "../db/schema/jobs";

/** Seconds without a word after which a machine loses its place in the line: it would keep the place empty. A held poll is 50 s long. */
const SILENT_SECONDS = 120;

/**
 * Lets machines' jobs begin whose pause is over, and takes those out of the line whose machines are gone: they stand at its end when they
 * come back. May run twice. Returns how many were woken.
 */
export async function wakePutOff(ctx: Ctx): Promise<number> {
  return ctx.db.transaction(async (tx) => {
    const due = await tx
      .select({ id: jobs.id, clientId: jobs.clientId })
      .from(jobs)
      .where(and(eq(jobs.state, "queued"), eq(jobs.executor, "agent"), lte(jobs.notBefore, ctx.now)))
      .limit(500)
      .for("update", { skipLocked: true });
    if (due.length > 0) {
      await tx
        .update(jobs)
        .set({ notBefore: null, problem: null })
        .where(inArray(jobs.id, idsOf(due)));
    }
    await announceAll(
      tx,
      due.map(({ id, clientId }) => ({ entity: "job" as const, id, clientId, wake: "agent" as const })),
    );
    const gone = await tx
      .select({ id: jobs.id })
      .from(jobs)
      .innerJoin(clients, eq(clients.id, jobs.clientId))
      .where(
        and(
          isNotNull(jobs.turnAt),
          lt(
            clients.lastSeenAt,
            sql`${ctx.now.toISOString()}::timestamptz - make_interval(secs => ${SILENT_SECONDS})`,
          ),
        ),
      )
      .orderBy(sql`${jobs.priority} desc nulls last`, asc(jobs.turnAt), asc(jobs.id))
      .limit(500)
      .for("update", { of: jobs, skipLocked: true });
    if (gone.length > 0) {
      await tx
        .update(jobs)
        .set({ turnAt: null, problem: null })
        .where(inArray(jobs.id, idsOf(gone)));
    }
    return due.length;
  });
}

// As values, not as a subquery: PostgreSQL would expect a large part of the table from one and read all of it.
const idsOf = (rows: readonly { id: string }[]) => rows.map((row) => row.id);
