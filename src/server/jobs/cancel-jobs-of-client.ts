import { and, asc, eq, isNull } from "drizzle-orm";
import type { Ctx } from "../context";
import { jobs } from "../db/schema/jobs";
import { endJob } from "./end-job";

/** Ends what a removed client's machine will never do: its key is dead and it gets no further order. May run twice. Returns how many. */
export async function cancelJobsOfClient(ctx: Ctx, input: { clientId: string }): Promise<number> {
  return ctx.db.transaction(async (tx) => {
    const unfinished = await tx
      .select()
      .from(jobs)
      .where(and(eq(jobs.clientId, input.clientId), eq(jobs.executor, "agent"), isNull(jobs.endedAt)))
      .orderBy(asc(jobs.id))
      .limit(1000)
      .for("update");
    for (const job of unfinished) {
      await endJob({ ...ctx, db: tx }, job, {
        state: "cancelled",
        problem: { code: "client-removed", say: "Its client was removed from the console." },
      });
    }
    return unfinished.length;
  });
}
