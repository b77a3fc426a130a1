import { floorKeeps } from "~/domain/compaction-gate";
import type { LedgerArchive } from "~/keeper/contract/archives";
import type { VaultState } from "~/keeper/contract/vault";
import type { ScriptedKeeper } from "./scripted-keeper";

/** The keeper's ledger and record of one repository, as its verbs show and change them. */
export interface KeptLedger {
  archives: LedgerArchive[];
  state: VaultState;
  /** Enters an archive; its revision follows the last. */
  enter(archive: Pick<LedgerArchive, "borgId" | "name"> & Partial<LedgerArchive>): LedgerArchive;
  change(borgId: string, change: Partial<LedgerArchive>): void;
}

/**
 * Scripts the verbs around the keeper's ledger on one that is held in memory: trash, bring back, protect, list, state. The floor is the
 * keeper's own rule. What the real keeper does on disk is shown in tests/programs.
 */
export function scriptLedger(keeper: ScriptedKeeper, given: { now?: Date } = {}): KeptLedger {
  const now = given.now ?? new Date();
  const ledger: KeptLedger = {
    archives: [],
    state: cleanState(now),
    enter(archive) {
      const entered: LedgerArchive = {
        ...{ observedAt: now.toISOString(), claimedStartAt: now.toISOString(), session: null },
        ...{ protected: false, trashedAt: null, removedAt: null },
        ...archive,
        revision: ++ledger.state.ledgerRevision,
      };
      ledger.archives.push(entered);
      return entered;
    },
    change(borgId, change) {
      const archive = ledger.archives.find((one) => one.borgId === borgId);
      if (archive) Object.assign(archive, change, { revision: ++ledger.state.ledgerRevision });
    },
  };
  const known = (input: Record<string, unknown>) =>
    ledger.archives.filter((archive) => (input.borgIds as string[]).includes(archive.borgId));

  keeper.script["vault-state"] = () => ({ output: ledger.state });
  keeper.script["list-ledger"] = ({ afterRevision, limit }) => ({
    output: {
      archives: ledger.archives
        .filter((archive) => archive.revision > Number(afterRevision))
        .sort((one, other) => one.revision - other.revision)
        .slice(0, Number(limit)),
    },
  });
  keeper.script["trash-archives"] = (input) => {
    if (ledger.state.hold) return { refuse: "repository-held", say: "The repository is held." };
    const living = ledger.archives.filter((archive) => archive.trashedAt === null);
    const keeps = floorKeeps(living, ledger.state.rules, now);
    const kept = known(input).flatMap(({ borgId }) => {
      const why = keeps.get(borgId);
      return why === undefined ? [] : [{ borgId, why }];
    });
    const going = known(input).filter((archive) => !keeps.has(archive.borgId));
    for (const { borgId, trashedAt } of going)
      if (trashedAt === null) ledger.change(borgId, { trashedAt: now.toISOString() });
    return { output: { trashed: going.map((archive) => archive.borgId), kept } };
  };
  keeper.script["bring-back-archives"] = (input) => {
    const [gone, there] = [
      known(input).filter((one) => one.removedAt),
      known(input).filter((one) => !one.removedAt),
    ];
    for (const { borgId } of there) ledger.change(borgId, { trashedAt: null });
    const ids = (archives: LedgerArchive[]) => archives.map((archive) => archive.borgId);
    return { output: { broughtBack: ids(there), gone: ids(gone) } };
  };
  keeper.script["protect-archives"] = (input) => {
    const wanted = input.protected === true;
    const changed = known(input).filter((archive) => archive.protected !== wanted);
    for (const { borgId } of changed) ledger.change(borgId, { protected: wanted });
    return { output: { changed: changed.map((archive) => archive.borgId) } };
  };
  return ledger;
}

function cleanState(now: Date): VaultState {
  const seal = { transaction: 1000, sealedAt: now.toISOString(), archives: 0, segments: 1, extraBytes: 0 };
  return {
    ...{ auditedAt: now.toISOString(), auditedTransaction: 1000, unaudited: 0, sealKind: "hard-links" },
    ...{ seals: [{ ...seal, releasedAfter: null }], hold: null, trashed: 0 },
    rules: { trashDays: 7, keepOldSealDays: 7, floorNewest: 1, floorWeeklyDays: 0 },
    ...{ rulesPending: null, ledgerRevision: 0, compactionBlockedBy: [] },
  };
}
