import { compactionBlockedBy } from "~/domain/compaction-gate";
import type { Verb } from "../keeper";
import { readLedger, standing } from "../vault/archive-ledger";
import { extraBytesBySeal } from "../vault/extra-bytes";
import { readHold } from "../vault/hold";
import { releaseDueSeals } from "../vault/old-seals";
import { rulesInForce } from "../vault/rules";
import { lastCommit } from "../vault/segment-files";
import { dueArchives } from "../vault/trash";
import { readVaultRecord } from "../vault/vault-record";

/**
 * Reads what the keeper knows; looks at nothing in the repository but where its last transaction ends. Rules and old seals whose day has
 * come are put into force and released first.
 */
export const vaultState: Verb<"vault-state"> = async (keeper, { clientId, repositoryId }) => {
  const { paths, leases } = keeper;
  const { path, location } = keeper.repositories.get(clientId, repositoryId);
  await releaseDueSeals(keeper, repositoryId);
  const rules = await rulesInForce(keeper, repositoryId);
  const record = await readVaultRecord(paths, repositoryId);
  const ledger = await readLedger(paths, repositoryId);
  const hold = await readHold(paths, repositoryId);
  const extraBytes = await extraBytesBySeal(paths, repositoryId, record);
  const unaudited = record.sessions.filter((session) => !session.audited).length;
  const { auditedAt, auditedTransaction, sealKind, rulesPending } = record;
  return {
    ...{ auditedAt, auditedTransaction, unaudited, sealKind, hold, rules, location },
    seals: record.seals.map((seal) => ({ ...seal, extraBytes: extraBytes.get(seal.transaction) ?? 0 })),
    trashed: standing(ledger).filter((archive) => archive.trashedAt !== null).length,
    rulesPending: rulesPending && { from: rulesPending.from },
    ledgerRevision: ledger.revision,
    compactionBlockedBy: compactionBlockedBy({
      held: hold !== null,
      sessionOpen: leases.isHeld(repositoryId, "write") || leases.isHeld(repositoryId, "read"),
      unauditedSessions: unaudited,
      sealedTransaction: record.seals.at(-1)?.transaction ?? null,
      committedTransaction: await lastCommit(path),
      ledgerDiffers: null,
      due: (await dueArchives(keeper, repositoryId)).length,
    }),
  };
};
