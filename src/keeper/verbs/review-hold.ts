import type { KeeperOutput } from "../contract";
import type { Keeper, Verb } from "../keeper";
import { KeeperRefuses } from "../refusal";
import { readLedger, standing } from "../vault/archive-ledger";
import { readHold } from "../vault/hold";
import { sealedObjects } from "../vault/known-sets";
import { type ReviewedTransaction, reviewTransactions } from "../vault/review-transactions";
import { readSealInForce } from "../vault/seal-record";
import { readVaultRecord } from "../vault/vault-record";
import { readArchives } from "./list-archives";

type Review = KeeperOutput<"review-hold">;
type Input = { clientId: string; repositoryId: string; passphrase: string };

const TRANSACTIONS_TOLD = 500;
const ARCHIVES_TOLD = 10_000;
const PATIENCE_MS = 30_000;

/**
 * What a person needs to decide about a held repository; nothing is changed. `not-allowed` where it is not held. Where there are too
 * many, the transactions that took something away or came from no session are told first, and the newest archives.
 */
export const reviewHold: Verb<"review-hold"> = async (keeper, input, signal) => {
  const release = await keeper.leases.audit(input.repositoryId, PATIENCE_MS, signal);
  try {
    return await review(keeper, input, signal);
  } finally {
    release();
  }
};

async function review(keeper: Keeper, input: Input, signal: AbortSignal): Promise<Review> {
  const { clientId, repositoryId } = input;
  const hold = await readHold(keeper.paths, repositoryId);
  if (!hold)
    throw new KeeperRefuses("not-allowed", "This repository is not held: there is nothing to review.");
  const record = await readVaultRecord(keeper.paths, repositoryId);
  const seal = await readSealInForce(keeper.paths, repositoryId);
  const all = await reviewTransactions({
    path: keeper.repositories.get(clientId, repositoryId).path,
    // The known objects are those of the seal; what was audited since is read with the sessions that wrote it.
    after: seal?.transaction ?? record.sessions[0]?.before ?? record.auditedTransaction ?? -1,
    sessions: record.sessions,
    known: sealedObjects(keeper, { clientId, repositoryId }),
    signal,
  });
  const unclean = all.filter(({ transaction }) => transaction > (hold.lastCleanTransaction ?? -1));
  const then = standing(await readLedger(keeper.paths, repositoryId));
  const now = await archivesNow(keeper, input, signal);
  return {
    transactions: tellTransactions(unclean),
    archivesThen: then
      .toSorted((a, b) => b.observedAt.localeCompare(a.observedAt))
      .slice(0, ARCHIVES_TOLD)
      .map(({ borgId, name, observedAt }) => ({ borgId, name, observedAt })),
    archivesNow: now?.slice(-ARCHIVES_TOLD) ?? null,
    truncated: unclean.length > TRANSACTIONS_TOLD || Math.max(then.length, now?.length ?? 0) > ARCHIVES_TOLD,
  };
}

function tellTransactions(all: readonly ReviewedTransaction[]): ReviewedTransaction[] {
  const suspicious = (one: ReviewedTransaction) => one.objectsRemoved > 0 || one.session === null;
  return all
    .toSorted((a, b) => Number(suspicious(b)) - Number(suspicious(a)))
    .slice(0, TRANSACTIONS_TOLD)
    .toSorted((a, b) => a.transaction - b.transaction);
}

/** Null: borg cannot read the list. A cancelled request is no answer. */
async function archivesNow(
  keeper: Keeper,
  input: Input,
  signal: AbortSignal,
): Promise<Review["archivesNow"]> {
  try {
    const archives = await readArchives(keeper, { ...input, checkpoints: false }, signal);
    return archives.map(({ borgId, name }) => ({ borgId, name }));
  } catch (error) {
    if (error instanceof KeeperRefuses && error.code !== "cancelled") return null;
    throw error;
  }
}
