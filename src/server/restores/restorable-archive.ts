import type { Authorized } from "~/domain/permission";
import { sayQuarantined } from "~/domain/quarantine-words";
import { Refusal } from "~/domain/refusal";
import type { AgentPolicy } from "~/protocol/v1";
import type { Ctx } from "../context";
import { findQuarantined } from "../repositories/find-quarantined";
import { type ArchiveAndClient, archiveAndClient } from "./archive-and-client";

export interface RestorableArchive extends ArchiveAndClient {
  policy: AgentPolicy;
}

/**
 * An archive that its machine could restore now, kept from being removed until the transaction ends, with the policy that the machine last
 * reported. Refuses archive-missing, client-not-enrolled, repository-quarantined.
 */
export async function restorableArchive(
  ctx: Ctx,
  may: Authorized<"restore">,
  { archiveId }: { archiveId: string },
): Promise<RestorableArchive> {
  const { archive, client } = await archiveAndClient(ctx, may, { archiveId, keep: true });
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
