import { eq } from "drizzle-orm";
import type { Authorized } from "~/domain/permission";
import { sayQuarantined } from "~/domain/quarantine-words";
import { Refusal } from "~/domain/refusal";
import { RESTORE_DRILL_ABILITY } from "~/protocol/restore-drill";
import { RESTORE_EXTRAS_ABILITY } from "~/protocol/restore-extras";
import type { AgentPolicy } from "~/protocol/v1";
import type { Ctx } from "../context";
import { clients } from "../db/schema/clients";
import { findQuarantined } from "../repositories/find-quarantined";
import { type ArchiveAndClient, archiveAndClient } from "./archive-and-client";

type Client = typeof clients.$inferSelect;

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
  input: { archiveId: string },
): Promise<RestorableArchive> {
  const found = await archiveAndClient(ctx, may, { ...input, keep: true });
  const { policy } = await restoringClient(ctx, may);
  return { ...found, policy };
}

/** An archive that may be read for a restore, kept from being removed until the transaction ends. Refuses archive-missing, repository-quarantined. */
export async function readableArchive(
  ctx: Ctx,
  may: Authorized<"restore">,
  input: { archiveId: string },
): Promise<ArchiveAndClient> {
  const found = await archiveAndClient(ctx, may, { ...input, keep: true });
  await demandNotQuarantined(ctx, may);
  return found;
}

/** A machine that could restore now, with its policy. Refuses client-not-enrolled, repository-quarantined. */
export async function restoringClient(
  ctx: Ctx,
  may: Authorized<"restore">,
): Promise<{ client: Client; policy: AgentPolicy }> {
  const [client] = await ctx.db.select().from(clients).where(eq(clients.id, may.clientId));
  if (!client?.policy || client.removedAt) {
    const name = client?.name ?? "This client";
    throw new Refusal("client-not-enrolled", {
      say: `${name} is not enrolled, so it cannot restore. Enrol it again first.`,
    });
  }
  await demandNotQuarantined(ctx, may);
  return { client, policy: client.policy };
}

/** An agent from before these fields would leave them out without a word, and overwrite. */
export function refuseOldAgent(client: Pick<Client, "name" | "machine">): void {
  if (client.machine?.abilities?.includes(RESTORE_EXTRAS_ABILITY)) return;
  throw new Refusal("agent-too-old", {
    say: `The agent on ${client.name} can only bring back its own archives, overwrite and keep owners. Install the agent of this server on it anew.`,
  });
}

/** An older agent would bring the files back and keep them. */
export function refuseWithoutDrills(client: Pick<Client, "name" | "machine">): void {
  if (client.machine?.abilities?.includes(RESTORE_DRILL_ABILITY)) return;
  throw new Refusal("agent-too-old", {
    say: `The agent on ${client.name} cannot drill for other machines yet. Install the agent of this server on it anew.`,
  });
}

async function demandNotQuarantined(ctx: Ctx, { clientId }: Authorized<"restore">): Promise<void> {
  const held = await findQuarantined(ctx, { clientId });
  if (held) throw new Refusal("repository-quarantined", { say: sayQuarantined(held, "restore after that.") });
}
