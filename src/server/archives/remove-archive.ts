import { and, eq, isNull, sql } from "drizzle-orm";
import { archiveId } from "~/domain/id";
import type { Authorized } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { jobs } from "../db/schema/jobs";
import { repositories } from "../db/schema/repositories";
import { archiveLedger } from "../db/schema/vault";
import { enqueueJob } from "../jobs/enqueue-job";

/**
 * Asks for an archive to be deleted; the name must be typed as it is. Asking twice answers the job that waits or runs.
 * Refuses archive-missing, invalid-input (another name was typed).
 */
export async function removeArchive(
  ctx: Ctx,
  may: Authorized<"delete-archives">,
  input: { archiveId: string; typedName: string },
): Promise<{ jobId: string }> {
  return ctx.db.transaction(async (tx) => {
    const [archive] = await tx
      .select({ id: archiveLedger.id, name: archiveLedger.name, repositoryId: archiveLedger.repositoryId })
      .from(archiveLedger)
      .innerJoin(repositories, eq(repositories.id, archiveLedger.repositoryId))
      .where(
        and(
          eq(archiveLedger.id, input.archiveId),
          eq(repositories.clientId, may.clientId),
          isNull(archiveLedger.removedAt),
        ),
      )
      .for("no key update", { of: archiveLedger });
    if (!archive) throw new Refusal("archive-missing", { say: "There is no such archive." });
    if (input.typedName !== archive.name) {
      throw new Refusal("invalid-input", { say: `Type the archive's name, ${archive.name}, to delete it.` });
    }
    const [active] = await tx
      .select({ jobId: jobs.id })
      .from(jobs)
      .where(
        and(
          eq(jobs.repositoryId, archive.repositoryId),
          eq(jobs.kind, "trash-archives"),
          isNull(jobs.endedAt),
          sql`${jobs.payload} -> 'archiveIds' ? ${archive.id}`,
        ),
      )
      .limit(1);
    if (active) return active;
    const { jobId } = await enqueueJob(
      { ...ctx, db: tx },
      {
        kind: "trash-archives",
        clientId: may.clientId,
        repositoryId: archive.repositoryId,
        payload: { archiveIds: [archiveId.parse(archive.id)] },
      },
    );
    return { jobId };
  });
}
