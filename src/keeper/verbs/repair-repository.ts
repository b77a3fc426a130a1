import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { segmentPath } from "~/borg/segment";
import { mayBeDamage } from "~/domain/tamper-damage";
import { attemptLink } from "../attempt-link";
import { readCoverage } from "../check/coverage-record";
import type { KeeperInput } from "../contract";
import type { RepairReport } from "../contract/maintenance";
import { demandNotMarked } from "../deletion/deletion-mark";
import { isThere } from "../is-there";
import type { Keeper, Verb } from "../keeper";
import { beginKeeping, keptUntil, nameKept } from "../kept/kept-copy";
import { demandRoom } from "../move/copy-repository";
import { type Progress, withProgress } from "../move/under-way";
import { KeeperRefuses } from "../refusal";
import { type RepairRecord, readRepair, writeRepair } from "../repair/repair-record";
import { runRepair } from "../repair/run-repair";
import { giveSecondNames } from "../repair/second-names";
import { putCopyBack, swapIn, treesOf } from "../repair/settle-repair";
import { ledgerFile, readLedger, standing } from "../vault/archive-ledger";
import { auditUnderLease } from "../vault/audit";
import { Breather } from "../vault/breather";
import { endAccount } from "../vault/end-processes";
import { placeHold, readHold } from "../vault/hold";
import { foldersSince } from "../vault/known-folders";
import { recoverMaintenance } from "../vault/maintenance-intent";
import { lastCommit, listSegments } from "../vault/segment-files";
import { readVaultRecord } from "../vault/vault-record";
import { withMaintenance } from "../with-maintenance";
import { writeAtomically } from "../write-atomically";
import { demandNotChecked } from "./check-repository";

type Input = KeeperInput<"repair-repository">;

/**
 * borg's own repair, with a way back: the originals are kept and borg works on their second names; what it came to waits, held, for a
 * person. Whatever ends it before that (a crash, a full disk, a refusal) puts the originals back.
 */
export const repairRepository: Verb<"repair-repository"> = async (keeper, input, signal) => {
  const { clientId, repositoryId } = input;
  keeper.repositories.get(clientId, repositoryId);
  const last = await readRepair(keeper.paths, repositoryId);
  if (last?.state === "repaired" && last.report) return last.report;
  await demandNotMarked(keeper.paths, repositoryId);
  demandNotChecked(keeper, repositoryId);
  await demandDamage(keeper, repositoryId);
  await keeper.sessions.endAll(clientId);
  await endAccount(keeper, keeper.clients.accountsOf(clientId).serve.uid);
  try {
    return await withProgress(keeper, repositoryId, (progress) =>
      withMaintenance(keeper, input, signal, async () => {
        keeper.leases.explain(
          repositoryId,
          "This repository is being repaired. Try again when that is done.",
        );
        await recoverMaintenance(keeper, input);
        // What a client did since the last audit is none of a repair's business, and might make borg delete more.
        await auditUnderLease(keeper, input, signal);
        await demandDamage(keeper, repositoryId);
        return repairUnderLease(keeper, input, progress, signal);
      }),
    );
  } finally {
    keeper.leases.explain(repositoryId, null);
    // It is held now: the next look tells the console.
    keeper.audits.isDue(repositoryId);
  }
};

/** One action back to the state before a repair, until something is written to the repaired one. */
export const undoRepair: Verb<"undo-repair"> = async (keeper, input, signal) => {
  const { clientId, repositoryId } = input;
  keeper.repositories.get(clientId, repositoryId);
  if ((await readRepair(keeper.paths, repositoryId)) === null) return { undone: false };
  await keeper.sessions.endAll(clientId);
  await endAccount(keeper, keeper.clients.accountsOf(clientId).serve.uid);
  try {
    return await withMaintenance(keeper, input, signal, () => undoUnderLease(keeper, input));
  } finally {
    keeper.audits.isDue(repositoryId);
  }
};

async function undoUnderLease(keeper: Keeper, { clientId, repositoryId }: KeeperInput<"undo-repair">) {
  const { path } = keeper.repositories.get(clientId, repositoryId);
  // Only now: its copy may have come to its end meanwhile.
  const repair = await readRepair(keeper.paths, repositoryId);
  if (repair === null) return { undone: false };
  if (repair.state === "accepted" && repair.acceptedTransaction !== (await lastCommit(path)))
    throw new KeeperRefuses(
      "not-allowed",
      "Something was written since the repair was accepted; undoing it would lose that. The copy is kept on the storage server until its time is over.",
    );
  if (repair.state === "accepted") await takeLedgerAlong(keeper, repositoryId, repair);
  await putCopyBack(keeper, repositoryId, repair);
  return { undone: true };
}

/**
 * Whoever copies the ledger follows its revisions, so the old one goes on from the newest: all of its entries count as changed, and what only
 * the repaired state held is gone. In the kept vault, before that one comes back.
 */
async function takeLedgerAlong(keeper: Keeper, repositoryId: string, repair: RepairRecord) {
  const path = join(treesOf(keeper, repositoryId, repair).kept, "vault", "archives.json");
  const old = ledgerFile.parse(JSON.parse(await readFile(path, "utf8")));
  const now = await readLedger(keeper.paths, repositoryId);
  const known = new Set(old.archives.map(({ borgId }) => borgId));
  const removedAt = keeper.now().toISOString();
  const gone = now.archives.flatMap((archive) =>
    known.has(archive.borgId) ? [] : [{ ...archive, removedAt: archive.removedAt ?? removedAt }],
  );
  const first = Math.max(old.revision, now.revision) + 1;
  const archives = [...old.archives, ...gone].map((archive, at) => ({ ...archive, revision: first + at }));
  const merged = { revision: first + archives.length, archives };
  await writeAtomically(path, `${JSON.stringify(merged)}\n`, 0o600);
}

async function demandDamage(keeper: Keeper, repositoryId: string) {
  const hold = await readHold(keeper.paths, repositoryId);
  if (hold && !mayBeDamage(hold.evidence))
    throw new KeeperRefuses(
      "repository-held",
      "This repository is quarantined for what a client did to it. Roll it back or accept it first; repairing is for damage.",
    );
  const { damaged, full } = await readCoverage(keeper, repositoryId);
  if (hold !== null || damaged.length > 0 || (full?.findings.length ?? 0) > 0) return;
  throw new KeeperRefuses("not-allowed", "No check has found damage, so there is nothing to repair.");
}

async function repairUnderLease(
  keeper: Keeper,
  input: Input,
  progress: Progress,
  signal: AbortSignal,
): Promise<RepairReport> {
  const { repositoryId } = input;
  const startedAt = performance.now();
  const repair = await keepOriginals(keeper, input, signal);
  try {
    await holdForDecision(keeper, repositoryId);
    progress.phase = "repairing";
    const told = await runRepair(keeper, input, signal);
    const report: RepairReport = {
      ...{ ...told, copyKeptUntil: keptUntil(repair.startedAt) },
      seconds: (performance.now() - startedAt) / 1000,
    };
    await writeRepair(keeper.paths, repositoryId, { ...repair, state: "repaired", report });
    keeper.atStep("repair:reported");
    return report;
  } catch (error) {
    await putCopyBack(keeper, repositoryId, repair);
    throw error;
  }
}

/** From here on the folders hold second names of the same files, and the originals lie where only root comes. */
async function keepOriginals(keeper: Keeper, input: Input, signal: AbortSignal): Promise<RepairRecord> {
  const { clientId, repositoryId } = input;
  const { path, location } = keeper.repositories.get(clientId, repositoryId);
  const { paths } = keeper;
  const now = keeper.now();
  const root = keeper.locations.rootOf(location);
  const repair: RepairRecord = {
    ...{ clientId, location, kept: nameKept(repositoryId, now), startedAt: now.toISOString() },
    since: (await foldersSince(paths, input)).map((folder) => basename(folder)),
    ...{ state: "preparing", report: null, acceptedTransaction: null },
  };
  await writeRepair(paths, repositoryId, repair);
  try {
    const { kept, trees } = treesOf(keeper, repositoryId, repair);
    await beginKeeping(keeper, root, repair.kept, { clientId, repositoryId, why: "before-repair" });
    const segments = [...(await listSegments(path, signal)).values()];
    const [one] = segments;
    const bytes = segments.reduce((sum, { size }) => sum + size, 0);
    if (one && !attemptLink(segmentPath(path, one.n), join(kept, "probe")))
      await demandRoom(root, location, bytes);
    for (const { live, name } of trees)
      if (await isThere(live))
        await giveSecondNames(live, join(kept, `second-${name}`), new Breather(signal));
    keeper.atStep("repair:copied");
    await writeRepair(paths, repositoryId, { ...repair, state: "open" });
    await swapIn(keeper, repositoryId, { ...repair, state: "open" });
    keeper.atStep("repair:swapped");
  } catch (error) {
    await putCopyBack(keeper, repositoryId, (await readRepair(paths, repositoryId)) ?? repair);
    throw error;
  }
  return { ...repair, state: "open" };
}

/** The gate stays shut until a person has decided. */
async function holdForDecision(keeper: Keeper, repositoryId: string) {
  const record = await readVaultRecord(keeper.paths, repositoryId);
  await placeHold(keeper.paths, repositoryId, {
    since: keeper.now().toISOString(),
    evidence: [{ kind: "repair-undecided" }],
    sessions: [],
    lastCleanAt: record.auditedAt,
    lastCleanTransaction: record.auditedTransaction,
    lastCleanArchives: standing(await readLedger(keeper.paths, repositoryId)).length,
  });
}
