import { readCoverage, writeCoverage } from "../check/coverage-record";
import type { Keeper } from "../keeper";
import { type ArchiveEntry, changeLedger, readLedger } from "../vault/archive-ledger";
import { readRepair, writeRepair } from "./repair-record";

type Listed = readonly { borgId: string; name: string }[];

/**
 * A person has accepted a repaired state, and it is sealed: what checks found before is over, so that the next one judges what is there now.
 * The copy stays until its time is over. Nothing to accept: nothing is done. May run twice.
 */
export async function noteRepairAccepted(
  keeper: Keeper,
  repositoryId: string,
  transaction: number,
): Promise<void> {
  const repair = await readRepair(keeper.paths, repositoryId);
  if (repair?.state !== "repaired") return;
  const coverage = await readCoverage(keeper, repositoryId);
  await writeCoverage(keeper, repositoryId, { ...coverage, damaged: [], full: null });
  await writeRepair(keeper.paths, repositoryId, {
    ...repair,
    state: "accepted",
    acceptedTransaction: transaction,
  });
}

/**
 * An archive that borg repaired has another id under the same name: in the ledger it stays as old as it was, as protected, and in the trash if it
 * was there. Before archives that are gone are given up. May run twice. Returns how many these are.
 */
export async function carryOverRepaired(
  keeper: Keeper,
  repositoryId: string,
  listed: Listed,
): Promise<number> {
  if ((await readRepair(keeper.paths, repositoryId))?.state !== "repaired") return 0;
  const { archives } = await readLedger(keeper.paths, repositoryId);
  const known = new Set(archives.map(({ borgId }) => borgId));
  const before = new Map(
    archives.flatMap((archive) => (archive.removedAt === null ? [[archive.name, archive] as const] : [])),
  );
  const changed = listed.flatMap(({ borgId, name }): ArchiveEntry[] => {
    const old = before.get(name);
    if (!old || known.has(borgId)) return [];
    const { revision: _, ...entry } = old;
    return [{ ...entry, borgId }];
  });
  if (changed.length > 0) await changeLedger(keeper.paths, repositoryId, (all) => [...all, ...changed]);
  return changed.length;
}
