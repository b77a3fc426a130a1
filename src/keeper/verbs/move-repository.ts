import { chmod, rm } from "node:fs/promises";
import { join } from "node:path";
import { readCoverage } from "../check/coverage-record";
import { makeClientFolder } from "../client-folder";
import type { KeeperInput, KeeperOutput } from "../contract";
import { demandNotMarked } from "../deletion/deletion-mark";
import type { Keeper, Verb } from "../keeper";
import { keptUntil, nameKept } from "../kept/kept-copy";
import { copyRepository, demandRoom } from "../move/copy-repository";
import { bytesBesideSeal, copyVault } from "../move/copy-vault";
import { type MoveRecord, readMove, writeMove } from "../move/move-record";
import { proveCopy } from "../move/prove-copy";
import { settleMove, stageOf } from "../move/settle-move";
import { type Progress, withProgress } from "../move/under-way";
import { KeeperRefuses } from "../refusal";
import { removeStaleLocks } from "../repository-ownership";
import { auditUnderLease } from "../vault/audit";
import { endServerBorgs } from "../vault/end-processes";
import { demandNotHeld } from "../vault/hold";
import { recoverMaintenance } from "../vault/maintenance-intent";
import { readSealInForce, type Seal } from "../vault/seal-record";
import { lastCommit } from "../vault/segment-files";
import { readVaultRecord } from "../vault/vault-record";
import { demandNotChecked } from "./check-repository";

/** A session that is just ending is waited for. */
const SESSION_PATIENCE_MS = 5_000;

type Input = KeeperInput<"move-repository">;

/**
 * Moves a repository with its vault to another location of this node. Nobody is let in meanwhile. What is moved is a state that was just
 * audited and sealed; it is copied, read back, checked by borg and held against the ledger, and one write then says that the other place
 * is the true one. Whatever ends this before that write leaves the old place as it was and nothing at the other; after it the move is
 * brought to its end. The old place is kept for some days. May run twice.
 */
export const moveRepository: Verb<"move-repository"> = async (keeper, input, signal) => {
  const { clientId, repositoryId, location } = input;
  const startedAt = performance.now();
  await endLast(keeper, repositoryId);
  const { location: from } = keeper.repositories.get(clientId, repositoryId);
  const nothing = { from: null, bytes: 0, segments: 0, oldKeptUntil: null };
  if (from === location) return { location, ...nothing, seconds: 0 };
  keeper.locations.rootOf(location);
  await demandNotHeld(keeper.paths, repositoryId);
  await demandNotMarked(keeper.paths, repositoryId);
  demandNotChecked(keeper, repositoryId);
  const release = await keeper.leases.maintain(repositoryId, SESSION_PATIENCE_MS, signal);
  keeper.leases.explain(
    repositoryId,
    "This repository is being moved to another storage location. Try again when that is done.",
  );
  try {
    const moved = await withProgress(keeper, repositoryId, (progress) =>
      moveUnderLease(keeper, input, progress, signal),
    );
    return { location, ...moved, seconds: (performance.now() - startedAt) / 1000 };
  } finally {
    keeper.leases.explain(repositoryId, null);
    release();
    keeper.audits.isDue(repositoryId);
  }
};

/** What a failure has left of an earlier one, with nobody's lease: nothing is served that a record does not call true. */
async function endLast(keeper: Keeper, repositoryId: string) {
  const last = await readMove(keeper.paths, repositoryId);
  if (last === null || keeper.leases.isHeld(repositoryId, "maintain")) return;
  const release = keeper.leases.take(repositoryId, "maintain");
  try {
    await settle(keeper, repositoryId, last);
  } finally {
    release();
  }
}

async function settle(keeper: Keeper, repositoryId: string, move: MoveRecord) {
  // First: should the rest fail, nobody may be let into the old place.
  if (move.switched) keeper.repositories.relocate(repositoryId, move.to);
  await settleMove(keeper, repositoryId, move);
}

async function moveUnderLease(
  keeper: Keeper,
  input: Input,
  progress: Progress,
  signal: AbortSignal,
): Promise<Pick<KeeperOutput<"move-repository">, "from" | "bytes" | "segments" | "oldKeptUntil">> {
  const { clientId, repositoryId, location } = input;
  const { paths } = keeper;
  const { location: from, path } = keeper.repositories.get(clientId, repositoryId);
  await recoverMaintenance(keeper, input);
  const seal = await sealedNow(keeper, input, signal);
  const root = keeper.locations.rootOf(location);
  const segmentBytes = seal.segments.reduce((sum, { size }) => sum + size, 0);
  const bytes = segmentBytes + (await bytesBesideSeal(paths.vault(repositoryId), seal));
  progress.totalBytes = bytes;
  await demandRoom(root, location, bytes);
  const now = keeper.now();
  const move: MoveRecord = {
    ...{ clientId, from, to: location, startedAt: now.toISOString(), switched: false },
    kept: nameKept(repositoryId, now),
  };
  await writeMove(paths, repositoryId, move);
  keeper.atStep("move:begun");
  try {
    await makeCopy(keeper, input, { root, path, seal }, progress, signal);
    progress.phase = "ending";
    await removeStaleLocks(path, keeper.clients.accountsOf(clientId), keeper.root);
    await endServerBorgs(keeper, repositoryId);
    if (signal.aborted) throw new KeeperRefuses("cancelled", "It was cancelled.");
    await writeMove(paths, repositoryId, { ...move, switched: true });
  } catch (error) {
    // As the disk has it: a write may have taken effect and failed all the same.
    await settle(keeper, repositoryId, (await readMove(paths, repositoryId)) ?? move);
    throw error;
  }
  keeper.atStep("move:switched");
  await settle(keeper, repositoryId, { ...move, switched: true });
  return { from, bytes, segments: seal.segments.length, oldKeptUntil: keptUntil(move.startedAt) };
}

/** A clean audit, everything sealed: what is copied is what was judged. */
async function sealedNow(keeper: Keeper, input: Input, signal: AbortSignal): Promise<Seal> {
  const { clientId, repositoryId } = input;
  const { path } = keeper.repositories.get(clientId, repositoryId);
  const audit = await auditUnderLease(keeper, input, signal);
  if (!audit.clean) await demandNotHeld(keeper.paths, repositoryId);
  const seal = await readSealInForce(keeper.paths, repositoryId);
  if (audit.sealed && seal && seal.transaction === (await lastCommit(path))) return seal;
  throw new KeeperRefuses("session-open", "The client is connected. Try again when its session has ended.");
}

async function makeCopy(
  keeper: Keeper,
  input: Input,
  from: { root: string; path: string; seal: Seal },
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const { clientId, repositoryId, passphrase, location } = input;
  const { paths } = keeper;
  const { root, path, seal } = from;
  const target = paths.repositoryAt(root, clientId, repositoryId);
  const stage = stageOf(target);
  const vaultStage = stageOf(paths.vaultAt(root, repositoryId));
  await makeClientFolder(keeper, clientId, target);
  for (const folder of [stage, vaultStage]) await rm(folder, { recursive: true, force: true });
  const accounts = keeper.root ? keeper.clients.accountsOf(clientId) : null;
  const sealFolder = paths.seal(repositoryId, seal.transaction);
  const digests = await copyRepository({ path, stage, sealFolder, seal, accounts }, progress, signal);
  keeper.atStep("move:copied");
  const { borgId: _, path: __, ...record } = keeper.repositories.get(clientId, repositoryId);
  await copyVault(
    {
      ...{ vault: paths.vault(repositoryId), stage, vaultStage, seal, digests, now: keeper.now() },
      record: { ...record, borgId: keeper.repositories.get(clientId, repositoryId).borgId, location },
      vaultRecord: await readVaultRecord(paths, repositoryId),
      coverage: await readCoverage(keeper, repositoryId),
    },
    progress,
    signal,
  );
  keeper.atStep("move:sealed");
  await proveCopy(keeper, { clientId, repositoryId, passphrase, stage }, progress, signal);
  await removeStaleLocks(stage, keeper.clients.accountsOf(clientId), keeper.root);
  if (keeper.root) await chmod(join(stage, "data"), 0o700);
  keeper.atStep("move:proved");
}
