import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { keeperVerbs } from "../contract";
import type { Keeper, Verb } from "../keeper";
import { KeeperRefuses } from "../refusal";
import { removeStaleLocks, settleOwnership } from "../repository-ownership";
import { readArchives } from "../verbs/list-archives";
import { writeAtomically } from "../write-atomically";
import { type ArchiveEntry, changeLedger, readLedger } from "./archive-ledger";
import { endAccount, endServerBorgs } from "./end-processes";
import { liftHold, readHold } from "./hold";
import { sealedObjects } from "./known-sets";
import { recoverMaintenance } from "./maintenance-intent";
import { sweepVault } from "./old-seals";
import { demandOurs } from "./own-writes";
import { rebuildFromSeal } from "./rebuild-from-seal";
import { scanSegments } from "./scan-segments";
import { sealAnew } from "./seal-anew";
import { readSeal } from "./seal-record";
import { changeVaultRecord, readVaultRecord, type VaultRecord } from "./vault-record";
import { writeMarker } from "./write-marker";

const SESSIONS_END_WITHIN_MS = 60_000;

type Input = { clientId: string; repositoryId: string; passphrase: string };
type Outcome = z.output<(typeof keeperVerbs)["roll-back"]["output"]>;

/** What the last one did, for a caller that lost the answer. */
const lastRollBack = z.object({ asked: z.number().nullable(), outcome: keeperVerbs["roll-back"].output });

/**
 * Puts a held repository back to a seal. Everything that is taken away is kept in the quarantine. At the end borg opens it with the key,
 * its archive list is the ledger's of that state, and a marker archive makes its manifest newer than any that a client has seen, so
 * that honest clients go on with their own caches. What is *not* done is reading all data back: sealed segments are the very files
 * (inode, size, time) that were scanned and sealed.
 *
 * The hold is lifted last: a crash at any step leaves it held, and the next call begins anew. A repository that is not held is refused;
 * asked again after it was done, it answers as before.
 */
export const rollBack: Verb<"roll-back"> = async (keeper, input, signal) => {
  const { clientId, repositoryId } = input;
  keeper.repositories.get(clientId, repositoryId);
  const from = performance.now();
  if ((await readHold(keeper.paths, repositoryId)) === null) return answerAgain(keeper, input);
  await keeper.sessions.endAll(clientId);
  await endAccount(keeper, keeper.clients.accountsOf(clientId).serve.uid);
  const release = await keeper.leases.maintain(repositoryId, SESSIONS_END_WITHIN_MS, signal);
  try {
    await recoverMaintenance(keeper, input);
    const done = await putBack(keeper, input, input.transaction, signal);
    const outcome = { ...done, seconds: (performance.now() - from) / 1000 };
    await writeLast(keeper, repositoryId, { asked: input.transaction, outcome });
    keeper.atStep("roll-back:sealed");
    await liftHold(keeper.paths, repositoryId);
    return outcome;
  } finally {
    release();
    keeper.audits.hasEnded(repositoryId);
  }
};

async function putBack(keeper: Keeper, input: Input, wanted: number | null, signal: AbortSignal) {
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
    const listed = await readArchives(keeper, { ...input, checkpoints: false }, signal);
    const ids = new Set(listed.map((archive) => archive.borgId));
    const due = await archivesOf(keeper, repositoryId, through === null ? target.sealedAt : null);
    if (due.some((borgId) => !ids.has(borgId))) return null;
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
  await removeStaleLocks(path);
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

const lastPath = (keeper: Keeper, repositoryId: string) =>
  join(keeper.paths.vault(repositoryId), "rolled-back.json");

async function writeLast(keeper: Keeper, repositoryId: string, last: z.output<typeof lastRollBack>) {
  await writeAtomically(lastPath(keeper, repositoryId), `${JSON.stringify(last)}\n`, 0o600);
}

async function answerAgain(
  keeper: Keeper,
  { repositoryId, transaction }: { repositoryId: string; transaction: number | null },
): Promise<Outcome> {
  const text = await readFile(lastPath(keeper, repositoryId), "utf8").catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return null;
      throw error;
    },
  );
  const last = text === null ? null : lastRollBack.parse(JSON.parse(text));
  if (last && last.asked === transaction) return last.outcome;
  throw new KeeperRefuses(
    "not-allowed",
    "The repository is not held, so there is nothing to roll back from.",
  );
}
