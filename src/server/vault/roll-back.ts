import type { Ctx } from "../context";
import { appendEntry } from "../journal/append-entry";
import type { Keeper } from "../keeper-port";
import { openPassphrase } from "../repositories/passphrase";
import { copyLedger, type RepositoryIds } from "./copy-ledger";
import { copyState } from "./copy-state";
import { readOutcome, resolveIncident } from "./resolve-incident";

/**
 * Has the keeper put a repository back to a seal, closes its incident with what that did, and brings the console's copy in line: from then
 * on work is handed out again. May run twice; what is resolved already is only copied.
 */
export async function rollBack(
  ctx: Ctx,
  keeper: Keeper,
  given: RepositoryIds & {
    incidentId: string | null;
    transaction: number | null;
    requestedBy: string | null;
  },
): Promise<Record<string, unknown>> {
  const { incidentId, transaction } = given;
  const ids: RepositoryIds = { clientId: given.clientId, repositoryId: given.repositoryId };
  let outcome = incidentId === null ? null : await readOutcome(ctx, { ...ids, incidentId });
  if (outcome === null) {
    const passphrase = await openPassphrase(ctx, ids.repositoryId);
    const done = await keeper.call("roll-back", { ...ids, passphrase, transaction });
    outcome = done;
    const how = { resolution: "rolled-back", resolvedBy: given.requestedBy, reason: null } as const;
    await ctx.db.transaction(async (tx) => {
      const inTx = { ...ctx, db: tx };
      await resolveIncident(inTx, ids, { ...how, outcome: done });
      const taken = `${done.segmentsTakenAway} segments were taken away and kept, ${done.segmentsPutBack} put back`;
      await appendEntry(inTx, {
        action: "vault.roll-back",
        say: `Rolled the repository back to transaction ${done.transaction} with ${done.archives} archives: ${taken}.`,
        ...ids,
        detail: { incidentId, ...done },
      });
    });
  }
  await copyLedger(ctx, keeper, ids);
  await copyState(ctx, keeper, ids);
  return outcome;
}
