import { rm } from "node:fs/promises";
import type { Keeper } from "../keeper";
import { isUnreadable, KeeperRefuses } from "../refusal";
import { removeStaleLocks, settleOwnership } from "../repository-ownership";
import { readArchives } from "../verbs/list-archives";
import { type ArchiveEntry, changeLedger, readLedger } from "./archive-ledger";
import { dropIndex } from "./drop-index";
import { endServerBorgs } from "./end-processes";
import { sealedObjects } from "./known-sets";
import { sweepVault } from "./old-seals";
import { demandOurs } from "./own-writes";
import { rebuildFromSeal } from "./rebuild-from-seal";
import { scanSegments } from "./scan-segments";
import { sealAnew } from "./seal-anew";
import { readSeal } from "./seal-record";
import { changeVaultRecord, readVaultRecord, type VaultRecord } from "./vault-record";
import { writeMarker } from "./write-marker";

type Input = { clientId: string; repositoryId: string; passphrase: string };

/**
 * Brings a repository to a seal (default: the newest) and seals the result. Needs the maintain lease, and that nothing of the client runs.
 * May run twice.
 */
export async function putBack(keeper: Keeper, input: Input, wanted: number | null, signal: AbortSignal) {
  const { repositoryId } = input;
  const record = await readVaultRecord(keeper.paths, repositoryId);
  const target = targetOf(record, wanted);
  // An audit may have found later transactions clean while it could not seal them. If their archives are not there, the seal counts alone.
  const isNewest = target === record.seals.at(-1);
  const audited = record.auditedTransaction ?? -1;
  const beyond = isNewest && audited > target.transaction ? await tryState(audited) : null;
  const state = beyond ?? (await tryState(null));
  if (!state)
    throw new KeeperRefuses(
      "fault",
      "Archives of that state are not listed after it was put back. The repository stays held.",
    );
  return state;

  async function tryState(through: number | null) {
    const rebuilt = await rebuild(keeper, input, { transaction: target.transaction, through }, signal);
    await forgetLaterSeals(keeper, repositoryId, target.transaction, rebuilt.quarantine);
    await endServerBorgs(keeper, repositoryId);
    await rm(keeper.paths.borgBase(repositoryId), { recursive: true, force: true });
    const due = await archivesOf(keeper, repositoryId, through === null ? target.sealedAt : null);
    const listed = await listAll(keeper, input, due, signal);
    if (listed === null) return null;
    keeper.atStep("roll-back:listed");
    const markerArchive = await markAndSeal(keeper, input, target, signal);
    return {
      transaction: target.transaction,
      segmentsTakenAway: rebuilt.takenAway,
      segmentsPutBack: rebuilt.putBack,
      archives: listed.length,
      markerArchive,
    };
  }
}

/**
 * The list, if it holds these archives; else null. The sealed index is the client's: where the list is not right with it, borg reads the
 * segments and makes its own.
 */
async function listAll(keeper: Keeper, input: Input, due: readonly string[], signal: AbortSignal) {
  const read = async () => {
    const listed = await readArchives(keeper, { ...input, checkpoints: false }, signal);
    const ids = new Set(listed.map((archive) => archive.borgId));
    return due.every((borgId) => ids.has(borgId)) ? listed : null;
  };
  const first = await read().catch((error) => {
    if (isUnreadable(error)) return null;
    throw error;
  });
  if (first) return first;
  await dropIndex(keeper, input);
  return read();
}

type SealEntry = VaultRecord["seals"][number];

function targetOf({ seals }: VaultRecord, wanted: number | null): SealEntry {
  const target = wanted === null ? seals.at(-1) : seals.find((seal) => seal.transaction === wanted);
  if (target) return target;
  throw new KeeperRefuses(
    "not-allowed",
    wanted === null
      ? "This repository was never sealed: there is no state to roll back to."
      : "That state is not kept any more.",
  );
}

async function rebuild(
  keeper: Keeper,
  input: Input,
  { transaction, through }: { transaction: number; through: number | null },
  signal: AbortSignal,
) {
  const { clientId, repositoryId } = input;
  const seal = await readSeal(keeper.paths, repositoryId, transaction);
  const { sessions } = await readVaultRecord(keeper.paths, repositoryId);
  const isClean = async (path: string) => {
    const scan = await scanSegments({
      ...{ path, after: transaction, through: through ?? transaction, signal },
      sessions: sessions.filter((session) => session.audited),
      known: sealedObjects(keeper, input),
    });
    return scan.evidence.length === 0;
  };
  const beyond = through === null ? null : { through, isClean };
  return rebuildFromSeal(
    keeper,
    { clientId, repositoryId, transaction, segments: seal.segments, beyond },
    signal,
  );
}

/** Newer seals are of a future that is over: their segments' numbers are given anew. What they alone hold goes to the quarantine. */
async function forgetLaterSeals(
  keeper: Keeper,
  repositoryId: string,
  transaction: number,
  quarantine: string,
) {
  await changeVaultRecord(keeper.paths, repositoryId, (record) => ({
    ...record,
    seals: record.seals
      .filter((seal) => seal.transaction <= transaction)
      .map((seal) => (seal.transaction === transaction ? { ...seal, releasedAfter: null } : seal)),
  }));
  keeper.atStep("roll-back:later-seals-forgotten");
  await sweepVault(keeper, repositoryId, quarantine);
}

/** Ids that must be listed: of the ledger as it was then, or as it is now. */
async function archivesOf(keeper: Keeper, repositoryId: string, then: string | null): Promise<string[]> {
  const { archives } = await readLedger(keeper.paths, repositoryId);
  const stood = archives.filter(({ observedAt, removedAt }) =>
    then === null ? removedAt === null : observedAt <= then && (removedAt === null || removedAt > then),
  );
  return stood.map((archive) => archive.borgId);
}

async function markAndSeal(keeper: Keeper, input: Input, target: SealEntry, signal: AbortSignal) {
  const { clientId, repositoryId } = input;
  const { path } = keeper.repositories.get(clientId, repositoryId);
  const { vault } = keeper.clients.accountsOf(clientId);
  const marker = await writeMarker(keeper, input, target.sealedAt, signal);
  await removeStaleLocks(path, keeper.clients.accountsOf(clientId), keeper.root);
  if (keeper.root) await settleOwnership(path, keeper.clients.accountsOf(clientId));
  keeper.atStep("roll-back:marked");
  const seal = await readSeal(keeper.paths, repositoryId, target.transaction);
  const owner = keeper.root ? vault.uid : null;
  await demandOurs({ path, seal, owner, known: sealedObjects(keeper, input), signal });
  const listed = await readArchives(keeper, { ...input, checkpoints: false }, signal);
  await writeLedger(keeper, repositoryId, listed, marker);
  keeper.atStep("roll-back:ledgered");
  await sealAnew(keeper, input, signal);
  return marker;
}

/**
 * The ledger of the state that is back: archives that are listed stand again, the others are gone. The marker has done its work when it is
 * written, so it is in the trash from the start.
 */
async function writeLedger(
  keeper: Keeper,
  repositoryId: string,
  listed: Awaited<ReturnType<typeof readArchives>>,
  marker: string,
) {
  const now = keeper.now().toISOString();
  await changeLedger(keeper.paths, repositoryId, (archives) => {
    const ids = new Set(listed.map((archive) => archive.borgId));
    const known = new Set(archives.map((archive) => archive.borgId));
    const standing = archives.map((archive): ArchiveEntry => {
      if (!ids.has(archive.borgId)) return { ...archive, removedAt: archive.removedAt ?? now };
      return archive.removedAt === null ? archive : { ...archive, removedAt: null, trashedAt: null };
    });
    const added = listed
      .filter((archive) => !known.has(archive.borgId))
      .map(
        ({ borgId, name, startedAt }): ArchiveEntry => ({
          ...{ borgId, name, observedAt: now, session: null, claimedStartAt: startedAt, protected: false },
          ...{ trashedAt: name === marker ? now : null, removedAt: null },
        }),
      );
    return [...standing, ...added];
  });
}
