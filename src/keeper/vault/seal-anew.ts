import type { Keeper } from "../keeper";
import { readLedger, standing } from "./archive-ledger";
import { rebuildObjects } from "./known-sets";
import { ownSegments } from "./own-segments";
import { sealRepository } from "./seal";
import { lastCommit, listSegments } from "./segment-files";

/**
 * Takes a repository as it is for clean and seals it: one that was just made, or that our own maintenance has changed. Everything is
 * audited from here on, and the known objects are those that are stored now. Needs the maintain lease. `keepBeforeUntil` keeps the
 * seal of before. May run twice. Returns the transaction.
 */
export async function sealAnew(
  keeper: Keeper,
  ids: { clientId: string; repositoryId: string },
  signal: AbortSignal,
  keepBeforeUntil: string | null = null,
): Promise<number> {
  const { path } = keeper.repositories.get(ids.clientId, ids.repositoryId);
  const transaction = await lastCommit(path);
  const committed = async () =>
    [...(await listSegments(path, signal)).values()].filter(({ n }) => n <= transaction);
  if (keeper.root)
    await ownSegments(path, keeper.clients.accountsOf(ids.clientId), await committed(), signal);
  await rebuildObjects(keeper, ids, signal);
  keeper.atStep("seal:known");
  await sealRepository(keeper, ids, {
    transaction,
    segments: await committed(),
    archives: standing(await readLedger(keeper.paths, ids.repositoryId)).length,
    configAsBefore: false,
    record: (record) => ({
      ...record,
      seals: record.seals.map((seal) => ({
        ...seal,
        releasedAfter: seal.releasedAfter ?? (seal.transaction < transaction ? keepBeforeUntil : null),
      })),
      auditedTransaction: transaction,
      auditedAt: keeper.now().toISOString(),
      sessions: [],
    }),
  });
  return transaction;
}
