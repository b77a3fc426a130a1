import { randomBytes } from "node:crypto";
import { newId } from "~/server/db/new-id";
import { archiveLedger } from "~/server/db/schema/vault";
import type { AgentWorld } from "./agent-world";

/** An archive in the ledger, as if a backup of the plan had made it. `byHand`: no job of ours did. */
export async function ledgerArchive(
  world: AgentWorld,
  given: { name?: string; observedAt?: Date; byHand?: boolean; jobId?: string } = {},
): Promise<{ id: string; name: string; borgId: string }> {
  const id = newId();
  const borgId = randomBytes(32).toString("hex");
  const name = given.name ?? `System-${id}`;
  await world.database.pool.db.insert(archiveLedger).values({
    ...{ id, name, repositoryId: world.repositoryId, borgId },
    planId: given.byHand ? null : world.planId,
    jobId: given.byHand ? null : (given.jobId ?? newId()),
    observedAt: given.observedAt ?? new Date(),
    claimedStartAt: new Date(),
    ...{ originalBytes: 10, compressedBytes: 5, deduplicatedBytes: 1, fileCount: 3, durationSeconds: 2 },
  });
  return { id, name, borgId };
}
