import { and, eq, isNull } from "drizzle-orm";
import type { Authorized } from "~/domain/permission";
import { sayQuarantined } from "~/domain/quarantine-words";
import { Refusal } from "~/domain/refusal";
import type { AgentPolicy } from "~/protocol/v1";
import { archiveMissing } from "../archives/get-archive";
import type { Ctx } from "../context";
import { clients } from "../db/schema/clients";
import { repositories } from "../db/schema/repositories";
import { archiveLedger } from "../db/schema/vault";
import { findQuarantined } from "../repositories/find-quarantined";

/**
 * An archive that its machine could restore now, kept from being removed until the transaction ends, with the policy that the machine last
 * reported. Refuses archive-missing, client-not-enrolled, repository-quarantined.
 */
export async function restorableArchive(
  ctx: Ctx,
  may: Authorized<"restore">,
  input: { archiveId: string },
): Promise<{
  archive: typeof archiveLedger.$inferSelect;
  client: typeof clients.$inferSelect;
  policy: AgentPolicy;
}> {
  const [found] = await ctx.db
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
    )
    .for("share", { of: archiveLedger });
  if (!found) throw archiveMissing();
  const { archive, client } = found;
  if (!client.policy || client.removedAt) {
    throw new Refusal("client-not-enrolled", {
      say: `${client.name} is not enrolled, so it cannot restore. Enrol it again first.`,
    });
  }
  const held = await findQuarantined(ctx, { clientId: client.id });
  if (held) {
    throw new Refusal("repository-quarantined", { say: sayQuarantined(held, "restore after that.") });
  }
  return { archive, client, policy: client.policy };
}
