import { and, desc, eq, isNull, type SQL, sql } from "drizzle-orm";
import type { RetainedArchive } from "~/domain/retention";
import type { Ctx } from "../context";
import { jobs } from "../db/schema/jobs";
import { repositories } from "../db/schema/repositories";
import { archiveLedger, gateSessions, vaultStates } from "../db/schema/vault";
import { isSealed, joinOfSession } from "./is-sealed";

/** An archive as retention judges it, with what people and the keeper call it. */
export interface RetainedRow extends RetainedArchive {
  name: string;
  borgId: string;
}

/** Older ones are not read, so they are not judged and stay. */
const MOST = 20_000;

/** Days after its end that a backup's archive may be seen and still be taken for the backup's. A server that was down longer keeps more. */
const SEEN_WITHIN_DAYS = 2;

/**
 * A plan's archives in a repository that are neither gone nor in the trash, newest first. `backupJobId` is set for the first archive that was
 * ever seen under its job's name (those that are gone count), and only if it was seen between the job's making and two days after its
 * end: names of failed backups, kept by a client for later, are no names of ours. A job that the queue has forgotten is taken for good.
 */
export async function readRetained(
  ctx: Ctx,
  given: { planId: string; repositoryId: string },
): Promise<RetainedRow[]> {
  const ofJobs = ctx.db
    .select({
      rankedId: sql<string>`${archiveLedger.id}`.as("ranked_id"),
      place:
        sql<number>`row_number() over (partition by ${archiveLedger.jobId} order by ${archiveLedger.observedAt}, ${archiveLedger.id})`.as(
          "place",
        ),
    })
    .from(archiveLedger)
    .where(and(eq(archiveLedger.repositoryId, given.repositoryId), eq(archiveLedger.planId, given.planId)))
    .as("of_jobs");
  return ctx.db
    .select({
      id: archiveLedger.id,
      name: archiveLedger.name,
      borgId: archiveLedger.borgId,
      observedAt: archiveLedger.observedAt,
      isProtected: archiveLedger.isProtected,
      sealed: isSealed,
      backupJobId: sql<
        string | null
      >`case when ${ofJobs.place} = 1 and ${seenInTime()} then ${archiveLedger.jobId} end`,
    })
    .from(archiveLedger)
    .innerJoin(ofJobs, eq(ofJobs.rankedId, archiveLedger.id))
    .innerJoin(repositories, eq(repositories.id, archiveLedger.repositoryId))
    .leftJoin(vaultStates, eq(vaultStates.repositoryId, archiveLedger.repositoryId))
    .leftJoin(gateSessions, joinOfSession)
    .leftJoin(jobs, eq(jobs.id, archiveLedger.jobId))
    .where(
      and(
        eq(archiveLedger.repositoryId, given.repositoryId),
        eq(archiveLedger.planId, given.planId),
        isNull(archiveLedger.removedAt),
        isNull(archiveLedger.trashedAt),
      ),
    )
    .orderBy(desc(archiveLedger.observedAt), desc(archiveLedger.id))
    .limit(MOST);
}

function seenInTime(): SQL {
  return sql`(${jobs.id} is null or (${jobs.kind} = 'backup' and ${archiveLedger.observedAt} >= ${jobs.createdAt}
    and ${archiveLedger.observedAt} <= coalesce(${jobs.endedAt}, 'infinity'::timestamptz) + ${SEEN_WITHIN_DAYS} * interval '1 day'))`;
}
