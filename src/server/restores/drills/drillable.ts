import { and, desc, eq, isNull, sql } from "drizzle-orm";
import type { DrillScope } from "~/domain/drill";
import type { SampleResult } from "~/protocol/sample";
import type { Ctx } from "../../context";
import { jobSamples } from "../../db/schema/jobs";
import { archiveLedger } from "../../db/schema/vault";

/** What the machine hashed beside the backup that made an archive; null: nothing. */
export async function readSample(ctx: Ctx, jobId: string | null): Promise<SampleResult | null> {
  if (jobId === null) return null;
  const [found] = await ctx.db
    .select({ sample: jobSamples.sample })
    .from(jobSamples)
    .where(eq(jobSamples.jobId, jobId));
  return found?.sample ?? null;
}

/** The newest archive of a plan in a repository that a drill can say something of: with hashes, or any where everything is read. */
export async function newestDrillable(
  ctx: Ctx,
  of: { planId: string; repositoryId: string; scope: DrillScope },
): Promise<typeof archiveLedger.$inferSelect | null> {
  const rows = await ctx.db
    .select({ archive: archiveLedger })
    .from(archiveLedger)
    .leftJoin(jobSamples, eq(jobSamples.jobId, archiveLedger.jobId))
    .where(
      and(
        eq(archiveLedger.planId, of.planId),
        eq(archiveLedger.repositoryId, of.repositoryId),
        isNull(archiveLedger.removedAt),
        isNull(archiveLedger.trashedAt),
        of.scope === "everything" ? undefined : sql`${jobSamples.jobId} is not null`,
      ),
    )
    .orderBy(desc(archiveLedger.observedAt))
    .limit(1);
  return rows[0]?.archive ?? null;
}
