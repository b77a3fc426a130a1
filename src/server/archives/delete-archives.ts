import { and, eq, inArray, isNull } from "drizzle-orm";
import type { Ctx } from "../context";
import { archiveLedger } from "../db/schema/vault";
import type { Keeper } from "../keeper-port";
import { openPassphrase } from "../repositories/passphrase";
import { markArchivesRemoved } from "../vault/mark-archives-removed";

/**
 * Has the keeper delete archives of a repository, and notes in the ledger which are gone. Those that are gone already count as
 * deleted, so this may run twice. Frees no space: that is compaction's, later.
 */
export async function deleteArchives(
  ctx: Ctx,
  keeper: Keeper,
  input: { clientId: string; repositoryId: string; archiveIds: string[] },
): Promise<{ deleted: string[] }> {
  const { clientId, repositoryId } = input;
  const living = await ctx.db
    .select({ id: archiveLedger.id, name: archiveLedger.name })
    .from(archiveLedger)
    .where(
      and(
        eq(archiveLedger.repositoryId, repositoryId),
        inArray(archiveLedger.id, input.archiveIds),
        isNull(archiveLedger.removedAt),
      ),
    );
  if (living.length === 0) return { deleted: [] };
  const { deleted, missing } = await keeper.call("delete-archives", {
    clientId,
    repositoryId,
    passphrase: await openPassphrase(ctx, repositoryId),
    archiveNames: living.map((archive) => archive.name),
  });
  const gone = new Set([...deleted, ...missing]);
  const archiveIds = living.filter((archive) => gone.has(archive.name)).map((archive) => archive.id);
  await markArchivesRemoved(ctx, { clientId, repositoryId, archiveIds });
  return { deleted };
}
