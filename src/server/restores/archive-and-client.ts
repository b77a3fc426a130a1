import { and, eq, isNull } from "drizzle-orm";
import type { Authorized } from "~/domain/permission";
import { archiveMissing } from "../archives/get-archive";
import type { Ctx } from "../context";
import { clients } from "../db/schema/clients";
import { repositories } from "../db/schema/repositories";
import { archiveLedger } from "../db/schema/vault";

export interface ArchiveAndClient {
  archive: typeof archiveLedger.$inferSelect;
  client: typeof clients.$inferSelect;
}

/** An archive with the machine that it is of. `keep`: it is kept from being removed until the transaction ends. Refuses archive-missing. */
export async function archiveAndClient(
  ctx: Ctx,
  may: Authorized<"view"> | Authorized<"restore">,
  input: { archiveId: string; keep?: true },
): Promise<ArchiveAndClient> {
  const query = ctx.db
    .select({ archive: archiveLedger, client: clients })
    .from(archiveLedger)
    .innerJoin(repositories, eq(repositories.id, archiveLedger.repositoryId))
    .innerJoin(clients, eq(clients.id, repositories.clientId))
    .where(
      and(
        eq(archiveLedger.id, input.archiveId),
        eq(repositories.clientId, may.clientId),
        isNull(archiveLedger.removedAt),
      ),
    );
  const [found] = await (input.keep ? query.for("share", { of: archiveLedger }) : query);
  if (!found) throw archiveMissing();
  return found;
}
