import { and, count, eq, inArray, isNull, max, type SQL, sql } from "drizzle-orm";
import { WRITING_KINDS } from "~/domain/job";
import type { Coverage, Encryption } from "~/domain/repository";
import type { Ctx } from "../context";
import { clients } from "../db/schema/clients";
import { jobs } from "../db/schema/jobs";
import { plans } from "../db/schema/plans";
import { type REPOSITORY_STATES, repositories } from "../db/schema/repositories";
import { archiveLedger } from "../db/schema/vault";

/** A repository as lists show it. */
export interface RepositoryRow {
  id: string;
  name: string;
  clientId: string;
  clientName: string;
  state: (typeof REPOSITORY_STATES)[number];
  /** Why its state is `failed`; else null. */
  problem: string | null;
  /** Since when it is held for a person's decision; null: it is not. */
  heldAt: Date | null;
  /** Bytes on disk when last measured; null before. */
  sizeBytes: number | null;
  sizedAt: Date | null;
  /** Null: no limit. */
  quotaBytes: number | null;
  /** Above it an alert is raised; null: no such limit. */
  softQuotaBytes: number | null;
  /** What the last check said and how much is re-read; null: none ran yet. */
  coverage: Coverage | null;
  encryption: Encryption;
  /** Name of the storage location. */
  location: string;
  /** Removed, and deleted for good then; null: it is not removed. */
  deleteAfter: Date | null;
  archiveCount: number;
  lastArchiveAt: Date | null;
  planCount: number;
  createdAt: Date;
  /** The job that writes to it now. */
  busyJobId: string | null;
}

/** Reads repository rows with all that is derived, in one statement, by client and name. */
export async function readRepositoryRows(
  ctx: Ctx,
  given: { where: SQL | undefined; limit: number },
): Promise<RepositoryRow[]> {
  const archived = ctx.db
    .select({ count: count().as("archive_count"), lastAt: max(archiveLedger.observedAt).as("last_at") })
    .from(archiveLedger)
    .where(
      and(
        eq(archiveLedger.repositoryId, repositories.id),
        isNull(archiveLedger.removedAt),
        isNull(archiveLedger.trashedAt),
      ),
    )
    .as("archived");
  const planned = ctx.db
    .select({ count: count().as("plan_count") })
    .from(plans)
    .where(and(eq(plans.repositoryId, repositories.id), isNull(plans.removedAt)))
    .as("planned");
  const busy = ctx.db
    .select({ jobId: jobs.id })
    .from(jobs)
    .where(
      and(
        eq(jobs.repositoryId, repositories.id),
        inArray(jobs.state, ["assigned", "running"]),
        inArray(jobs.kind, [...WRITING_KINDS]),
      ),
    )
    .limit(1)
    .as("busy");
  const order = [sql`lower(${clients.name})`, sql`lower(${repositories.name})`, repositories.id];
  // Which rows, before what is derived of each: else PostgreSQL derives it for all of them and then sorts.
  const shown = ctx.db
    .select({ shownId: sql<string>`${repositories.id}`.as("shown_id") })
    .from(repositories)
    .innerJoin(clients, eq(clients.id, repositories.clientId))
    .where(given.where)
    .orderBy(...order)
    .limit(given.limit)
    .as("shown");
  const rows = await ctx.db
    .select({
      id: repositories.id,
      name: repositories.name,
      clientId: repositories.clientId,
      clientName: clients.name,
      state: repositories.state,
      problem: repositories.problem,
      heldAt: repositories.heldAt,
      sizeBytes: repositories.sizeBytes,
      sizedAt: repositories.sizedAt,
      quotaBytes: repositories.quotaBytes,
      softQuotaBytes: repositories.softQuotaBytes,
      coverage: repositories.coverage,
      encryption: repositories.encryption,
      location: repositories.location,
      deleteAfter: repositories.deleteAfter,
      archiveCount: archived.count,
      lastArchiveAt: archived.lastAt,
      planCount: planned.count,
      createdAt: repositories.createdAt,
      busyJobId: busy.jobId,
    })
    .from(shown)
    .innerJoin(repositories, eq(repositories.id, shown.shownId))
    .innerJoin(clients, eq(clients.id, repositories.clientId))
    .leftJoinLateral(archived, sql`true`)
    .leftJoinLateral(planned, sql`true`)
    .leftJoinLateral(busy, sql`true`)
    .orderBy(...order);
  return rows.map((row) => ({
    ...row,
    archiveCount: row.archiveCount ?? 0,
    planCount: row.planCount ?? 0,
  }));
}
