import { and, eq, isNull } from "drizzle-orm";
import type { Authorized } from "~/domain/permission";
import type { Ctx } from "../../context";
import { repositories } from "../../db/schema/repositories";
import { archiveLedger } from "../../db/schema/vault";
import { archiveMissing } from "../get-archive";

/** An archive that can be read, in the trash too. Refuses archive-missing. */
export async function livingArchive(
  ctx: Ctx,
  may: Authorized<"restore">,
  input: { archiveId: string },
): Promise<{ id: string; name: string; repositoryId: string }> {
  const [archive] = await ctx.db
    .select({ id: archiveLedger.id, name: archiveLedger.name, repositoryId: archiveLedger.repositoryId })
    .from(archiveLedger)
    .innerJoin(repositories, eq(repositories.id, archiveLedger.repositoryId))
    .where(
      and(
        eq(archiveLedger.id, input.archiveId),
        eq(repositories.clientId, may.clientId),
        isNull(archiveLedger.removedAt),
      ),
    );
  if (!archive) throw archiveMissing();
  return archive;
}
