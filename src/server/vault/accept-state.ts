import type { Ctx } from "../context";
import { appendEntry } from "../journal/append-entry";
import type { Keeper } from "../keeper-port";
import { openPassphrase } from "../repositories/passphrase";
import { copyLedger, type RepositoryIds } from "./copy-ledger";
import { copyState } from "./copy-state";
import { escrowKey } from "./escrow-key";
import { readOutcome, resolveIncident } from "./resolve-incident";

/**
 * Has the keeper take a quarantined repository for clean as it is, with its key, and closes its incident with the person's reason. May run
 * twice; what is resolved already is only copied.
 */
export async function acceptState(
  ctx: Ctx,
  keeper: Keeper,
  given: RepositoryIds & { incidentId: string; reason: string; requestedBy: string | null },
): Promise<Record<string, unknown>> {
  const { incidentId, reason } = given;
  const ids: RepositoryIds = { clientId: given.clientId, repositoryId: given.repositoryId };
  let outcome = await readOutcome(ctx, { ...ids, incidentId });
  if (outcome === null) {
    const passphrase = await openPassphrase(ctx, ids.repositoryId);
    const done = await keeper.call("accept-state", { ...ids, passphrase });
    await escrowKey(ctx, keeper, ids, { renew: true });
    outcome = done;
    const how = { resolution: "accepted", resolvedBy: given.requestedBy, reason } as const;
    await ctx.db.transaction(async (tx) => {
      const inTx = { ...ctx, db: tx };
      await resolveIncident(inTx, ids, { ...how, outcome: done });
      await appendEntry(inTx, {
        action: "vault.accept",
        say: `Accepted the repository as it is, ${done.archivesGivenUp} archives given up: ${reason}`,
        ...ids,
        detail: { incidentId, reason, ...done },
      });
    });
  }
  await copyLedger(ctx, keeper, ids);
  await copyState(ctx, keeper, ids);
  return outcome;
}
