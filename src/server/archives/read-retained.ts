import { and, desc, eq, isNull, sql } from "drizzle-orm";
import type { RetainedArchive } from "~/domain/retention";
import type { Ctx } from "../context";
import { jobs } from "../db/schema/jobs";
import { repositories } from "../db/schema/repositories";
import { archiveLedger, gateSessions, vaultStates } from "../db/schema/vault";
import { isItsSession, isSealed } from "./is-sealed";

/** An archive as retention judges it, with what people and the keeper call it. */
export interface RetainedRow extends RetainedArchive {
  name: string;
  borgId: string;
  /** What it alone added to the repository; null: not known yet. */
  deduplicatedBytes: number | null;
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
  given: { planId: string; repositoryId: string; limit?: number },
): Promise<RetainedRow[]> {
  // One pass: a join with the ranks of the same table is planned as a nested loop, which takes minutes at 10,000 archives.
  const ranked = ctx.db
    .select({
      id: archiveLedger.id,
      name: archiveLedger.name,
      borgId: archiveLedger.borgId,
      repositoryId: archiveLedger.repositoryId,
      jobId: archiveLedger.jobId,
      observedAt: archiveLedger.observedAt,
      isProtected: archiveLedger.isProtected,
      deduplicatedBytes: archiveLedger.deduplicatedBytes,
      session: archiveLedger.sessionSequence,
      trashedAt: archiveLedger.trashedAt,
      removedAt: archiveLedger.removedAt,
      place:
        sql<number>`row_number() over (partition by ${archiveLedger.jobId} order by ${archiveLedger.observedAt}, ${archiveLedger.id})`.as(
          "place",
        ),
    })
    .from(archiveLedger)
    .where(and(eq(archiveLedger.repositoryId, given.repositoryId), eq(archiveLedger.planId, given.planId)))
    .as("ranked");
  const seenInTime = sql`(${jobs.id} is null or (${jobs.kind} = 'backup' and ${ranked.observedAt} >= ${jobs.createdAt}
    and ${ranked.observedAt} <= coalesce(${jobs.endedAt}, 'infinity'::timestamptz) + ${SEEN_WITHIN_DAYS} * interval '1 day'))`;
  return ctx.db
    .select({
      id: ranked.id,
      name: ranked.name,
      borgId: ranked.borgId,
      observedAt: ranked.observedAt,
      isProtected: ranked.isProtected,
      deduplicatedBytes: ranked.deduplicatedBytes,
      sealed: isSealed(ranked.session),
      backupJobId: sql<
        string | null
      >`case when ${ranked.place} = 1 and ${seenInTime} then ${ranked.jobId} end`,
    })
    .from(ranked)
    .innerJoin(repositories, eq(repositories.id, ranked.repositoryId))
    .leftJoin(vaultStates, eq(vaultStates.repositoryId, ranked.repositoryId))
    .leftJoin(gateSessions, isItsSession(ranked.session))
    .leftJoin(jobs, eq(jobs.id, ranked.jobId))
    .where(and(isNull(ranked.removedAt), isNull(ranked.trashedAt)))
    .orderBy(desc(ranked.observedAt), desc(ranked.id))
    .limit(given.limit ?? MOST);
}
