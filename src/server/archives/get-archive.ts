import { and, eq, isNull } from "drizzle-orm";
import type { ArchiveId } from "~/domain/id";
import type { Authorized } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import type { Owner } from "../access/authorize";
import type { Ctx } from "../context";
import { repositories } from "../db/schema/repositories";
import { archiveLedger } from "../db/schema/vault";
import { type ArchiveRow, readArchiveRows } from "./list-archives";

export interface ArchiveDetail extends ArchiveRow {
  borgId: string;
  hostname: string | null;
  username: string | null;
  claimedEndAt: Date | null;
}

/** One archive, in the trash or not, with what its borg claims of itself. Refuses archive-missing. */
export async function getArchive(
  ctx: Ctx,
  may: Authorized<"view">,
  input: { archiveId: string },
): Promise<ArchiveDetail> {
  const [row] = await readArchiveRows(
    ctx,
    and(eq(archiveLedger.id, input.archiveId), eq(repositories.clientId, may.clientId)),
    1,
  );
  const [rest] = await ctx.db
    .select({
      borgId: archiveLedger.borgId,
      hostname: archiveLedger.hostname,
      username: archiveLedger.username,
      claimedEndAt: archiveLedger.claimedEndAt,
    })
    .from(archiveLedger)
    .where(eq(archiveLedger.id, input.archiveId));
  if (!row || !rest) throw archiveMissing();
  return { ...row, ...rest };
}

/** Whose archive it is, so that the caller can ask for permission. Refuses archive-missing, also for one that is gone for good. */
export async function findArchiveOwner(ctx: Ctx, input: { archiveId: ArchiveId }): Promise<Owner> {
  const [found] = await ctx.db
    .select({ clientId: repositories.clientId })
    .from(archiveLedger)
    .innerJoin(repositories, eq(repositories.id, archiveLedger.repositoryId))
    .where(and(eq(archiveLedger.id, input.archiveId), isNull(archiveLedger.removedAt)));
  if (!found) throw archiveMissing();
  return { ...found, missing: archiveMissing };
}

export function archiveMissing(): Refusal {
  return new Refusal("archive-missing", { say: "There is no such archive. It may have been removed." });
}
