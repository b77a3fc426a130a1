import { randomBytes } from "node:crypto";
import { and, eq, isNull, sql } from "drizzle-orm";
import type { DrillScope } from "~/domain/drill";
import { archiveId } from "~/domain/id";
import type { Ctx } from "../../context";
import { jobs } from "../../db/schema/jobs";
import type { archiveLedger } from "../../db/schema/vault";
import { enqueueJob } from "../../jobs/enqueue-job";
import { lockRepositories } from "../../jobs/lock-repositories";

/** How many files are drawn where no plan says it. */
export const USUAL_FILES = 10;

/** Queues a drill of an archive unless one of it waits or runs; then that one is answered. In the caller's transaction. */
export async function queueDrill(
  ctx: Ctx,
  archive: typeof archiveLedger.$inferSelect,
  given: { clientId: string; scope: DrillScope; files: number },
): Promise<{ jobId: string; isNew: boolean }> {
  const { repositoryId, planId } = archive;
  await lockRepositories(ctx, [repositoryId]);
  const [there] = await ctx.db
    .select({ jobId: jobs.id })
    .from(jobs)
    .where(
      and(
        eq(jobs.repositoryId, repositoryId),
        eq(jobs.kind, "drill"),
        isNull(jobs.endedAt),
        sql`${jobs.payload} ->> 'archiveId' = ${archive.id} and ${jobs.payload} ->> 'scope' = ${given.scope}`,
      ),
    )
    .limit(1);
  if (there) return { ...there, isNew: false };
  const { jobId } = await enqueueJob(ctx, {
    kind: "drill",
    ...{ clientId: given.clientId, repositoryId, planId },
    payload: {
      archiveId: archiveId.parse(archive.id),
      ...{ archiveName: archive.name, borgId: archive.borgId },
      ...{ scope: given.scope, files: given.files },
      seed: randomBytes(16).toString("hex"),
    },
  });
  return { jobId, isNew: true };
}
