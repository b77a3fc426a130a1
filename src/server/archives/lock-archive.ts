import { and, eq, isNull, sql } from "drizzle-orm";
import { type ArchiveId, archiveId } from "~/domain/id";
import type { JobKind } from "~/domain/job";
import type { Authorized } from "~/domain/permission";
import type { Ctx } from "../context";
import { jobs } from "../db/schema/jobs";
import { repositories } from "../db/schema/repositories";
import { archiveLedger } from "../db/schema/vault";
import { archiveMissing } from "./get-archive";

export interface LockedArchive {
  id: ArchiveId;
  name: string;
  borgId: string;
  repositoryId: string;
  isTrashed: boolean;
  isProtected: boolean;
}

/** Reads an archive of the client and keeps its row until the transaction ends. Refuses archive-missing, also for one gone for good. */
export async function lockArchive(
  ctx: Ctx,
  may: Authorized<"delete-archives">,
  given: { archiveId: string },
): Promise<LockedArchive> {
  const [found] = await ctx.db
    .select({
      id: archiveLedger.id,
      name: archiveLedger.name,
      borgId: archiveLedger.borgId,
      repositoryId: archiveLedger.repositoryId,
      trashedAt: archiveLedger.trashedAt,
      isProtected: archiveLedger.isProtected,
    })
    .from(archiveLedger)
    .innerJoin(repositories, eq(repositories.id, archiveLedger.repositoryId))
    .where(
      and(
        eq(archiveLedger.id, given.archiveId),
        eq(repositories.clientId, may.clientId),
        isNull(archiveLedger.removedAt),
      ),
    )
    .for("no key update", { of: archiveLedger });
  if (!found) throw archiveMissing();
  const { trashedAt, id, ...rest } = found;
  return { ...rest, id: archiveId.parse(id), isTrashed: trashedAt !== null };
}

/** The job of this kind about this archive that waits or runs; null: none. `protected`: only one that asks for the same. */
export async function findQueued(
  ctx: Ctx,
  archive: LockedArchive,
  given: {
    kind: Extract<JobKind, "trash-archives" | "bring-back-archives" | "protect-archives">;
    protected?: boolean;
  },
): Promise<{ jobId: string } | null> {
  const [active] = await ctx.db
    .select({ jobId: jobs.id })
    .from(jobs)
    .where(
      and(
        eq(jobs.repositoryId, archive.repositoryId),
        eq(jobs.kind, given.kind),
        isNull(jobs.endedAt),
        sql`${jobs.payload} -> 'archiveIds' ? ${archive.id}`,
        given.protected === undefined
          ? undefined
          : sql`(${jobs.payload} ->> 'protected')::boolean = ${given.protected}`,
      ),
    )
    .limit(1);
  return active ?? null;
}
