import { compactionBlockedBy, DAY_MS } from "~/domain/compaction-gate";
import { archiveLocation, repositoryLocation } from "../archive-location";
import type { Keeper, Verb } from "../keeper";
import { KeeperRefuses } from "../refusal";
import { removeStaleLocks, settleOwnership } from "../repository-ownership";
import { runServerBorg } from "../run-server-borg";
import { readArchives } from "../verbs/list-archives";
import { withMaintenance } from "../with-maintenance";
import { readLedger, standing } from "./archive-ledger";
import { auditUnderLease } from "./audit";
import { dropIndex } from "./drop-index";
import { demandNotHeld } from "./hold";
import { sealedObjects } from "./known-sets";
import {
  finishCompaction,
  type MaintenanceIntent,
  noteDeleted,
  recoverMaintenance,
  writeIntent,
} from "./maintenance-intent";
import { releaseDueSeals } from "./old-seals";
import { demandOurs } from "./own-writes";
import { isQuiet } from "./quiet";
import { rulesInForce } from "./rules";
import { sealAnew } from "./seal-anew";
import { readSeal } from "./seal-record";
import { lastCommit, listSegments } from "./segment-files";
import { dueArchives } from "./trash";
import { readVaultRecord } from "./vault-record";
import { openWindows } from "./windows";

/** The last process of a session is gone a moment after it; what runs longer is a session of another repository. */
const LAST_PROCESS_MS = 20_000;
const DELETE_LIMIT_SECONDS = 6 * 3600;
const COMPACT_LIMIT_SECONDS = 3 * 24 * 3600;

/** borg's names for what an interrupted `create` left. borg lists no archive of such a name by default (1.2.4, 1.4.0). */
const CHECKPOINT = /\.checkpoint(?:\.\d+)?$/;

type Input = { clientId: string; repositoryId: string; passphrase: string };
type Listed = Awaited<ReturnType<typeof readArchives>>;

/**
 * The one place where archives are deleted for good. Everything up to this moment is audited and sealed first, the list is held against
 * the ledger, and only then the archives that are due are deleted, by name, each name's id checked. A compaction that fails or is cut
 * off anywhere before its new seal leaves the repository as it was, after it as it should be (maintenance-intent).
 */
export const compactRepository: Verb<"compact-repository"> = async (keeper, input, signal) => {
  const { clientId, repositoryId } = input;
  keeper.repositories.get(clientId, repositoryId);
  await demandNotHeld(keeper.paths, repositoryId);
  const done = await withMaintenance(keeper, input, signal, async () => {
    await recoverMaintenance(keeper, input);
    await isQuiet(keeper, clientId, LAST_PROCESS_MS);
    const audit = await auditUnderLease(keeper, input, signal);
    if (!audit.clean) await demandNotHeld(keeper.paths, repositoryId);
    const listed = await readArchives(keeper, { ...input, checkpoints: true }, signal);
    const intent = await whatIsDue(keeper, input, listed);
    try {
      await writeIntent(keeper, repositoryId, intent);
      keeper.atStep("compact:intended");
      return await deleteAndCompact(keeper, input, intent, listed, signal);
    } catch (error) {
      await recoverMaintenance(keeper, input);
      throw error;
    }
  });
  await releaseDueSeals(keeper, repositoryId);
  return done;
};

/** Refuses `not-allowed` with all reasons that stand against it. */
async function whatIsDue(keeper: Keeper, input: Input, listed: Listed): Promise<MaintenanceIntent> {
  const { clientId, repositoryId } = input;
  const { path } = keeper.repositories.get(clientId, repositoryId);
  const record = await readVaultRecord(keeper.paths, repositoryId);
  const seal = record.seals.at(-1);
  const ledger = standing(await readLedger(keeper.paths, repositoryId));
  const nameOf = new Map(listed.map((archive) => [archive.borgId, archive.name]));
  const entered = new Set(ledger.map((archive) => archive.borgId));
  const archives = listed.filter((archive) => !CHECKPOINT.test(archive.name) || entered.has(archive.borgId));
  const isSame = (archive: { borgId: string; name: string }) => nameOf.get(archive.borgId) === archive.name;
  const due = (await dueArchives(keeper, repositoryId)).filter(isSame);
  const checkpoints = leftCheckpoints(listed, entered);
  const blockedBy = compactionBlockedBy({
    held: false,
    sessionOpen: !(await isQuiet(keeper, clientId)),
    unauditedSessions: record.sessions.filter((session) => !session.audited).length,
    sealedTransaction: seal?.transaction ?? null,
    committedTransaction: await lastCommit(path),
    ledgerDiffers:
      ledger.filter((archive) => !isSame(archive)).length +
      archives.filter((archive) => !entered.has(archive.borgId)).length,
    due: due.length + checkpoints.length,
  });
  const kind = record.sealKind;
  if (seal && (kind === "small-files-only" || kind === "none"))
    blockedBy.push(
      "This storage cannot keep a second name of a file, so an interrupted compaction could not be undone. Put the data on a file system with hard links.",
    );
  if (blockedBy.length > 0 || !seal) throw new KeeperRefuses("not-allowed", blockedBy.join(" "));
  return {
    seal: seal.transaction,
    startedAt: keeper.now().toISOString(),
    deletes: [...due, ...checkpoints].map(({ borgId, name }) => ({ borgId, name })),
  };
}

/** Checkpoints that a finished backup followed; the last one of all may still spare a client that tries again its whole upload. */
function leftCheckpoints(listed: Listed, entered: ReadonlySet<string>): Listed {
  const isCheckpoint = (archive: Listed[number]) =>
    CHECKPOINT.test(archive.name) && !entered.has(archive.borgId);
  const lastFinished = listed.findLastIndex((archive) => !isCheckpoint(archive));
  return listed.slice(0, Math.max(0, lastFinished)).filter(isCheckpoint);
}

async function deleteAndCompact(
  keeper: Keeper,
  input: Input,
  intent: MaintenanceIntent,
  before: Listed,
  signal: AbortSignal,
) {
  const { clientId, repositoryId, passphrase } = input;
  const { path } = keeper.repositories.get(clientId, repositoryId);
  const borg = { clientId, repositoryId, passphrase, signal };
  const bytesBefore = await segmentBytes(path);
  await dropIndex(keeper, input);
  for (const { name } of intent.deletes) {
    await runServerBorg(keeper, {
      ...{ ...borg, limitSeconds: DELETE_LIMIT_SECONDS },
      args: ["delete", "--lock-wait=60", "--", archiveLocation(path, name)],
    });
    keeper.atStep("compact:deleted-one");
  }
  keeper.atStep("compact:deleted");
  await runServerBorg(keeper, {
    ...{ ...borg, limitSeconds: COMPACT_LIMIT_SECONDS },
    args: ["compact", "--lock-wait=60", "--", repositoryLocation(path)],
  });
  keeper.atStep("compact:compacted");
  await removeStaleLocks(path);
  if (keeper.root) await settleOwnership(path, keeper.clients.accountsOf(clientId));
  await demandRest(await readArchives(keeper, { ...input, checkpoints: true }, signal), before, intent);
  await sealCompacted(keeper, input, intent, signal);
  keeper.atStep("compact:sealed");
  await finishCompaction(keeper, input, intent);
  const isCheckpoint = ({ name }: { name: string }) => CHECKPOINT.test(name);
  return {
    deleted: intent.deletes.filter((archive) => !isCheckpoint(archive)).map((archive) => archive.borgId),
    checkpoints: intent.deletes.filter(isCheckpoint).length,
    freedBytes: Math.max(0, bytesBefore - (await segmentBytes(path))),
  };
}

async function sealCompacted(keeper: Keeper, input: Input, intent: MaintenanceIntent, signal: AbortSignal) {
  const { clientId, repositoryId } = input;
  const { path } = keeper.repositories.get(clientId, repositoryId);
  const seal = await readSeal(keeper.paths, repositoryId, intent.seal);
  const owner = keeper.root ? keeper.clients.accountsOf(clientId).vault.uid : null;
  await demandOurs({ path, seal, owner, known: sealedObjects(keeper, input), signal });
  const { keepOldSealDays } = await rulesInForce(keeper, repositoryId);
  await openWindows(keeper, repositoryId, [`seal:${intent.seal}`]);
  await noteDeleted(keeper, repositoryId, intent, true);
  keeper.atStep("compact:ledgered");
  const until = new Date(keeper.now().getTime() + keepOldSealDays * DAY_MS);
  await sealAnew(keeper, input, signal, until.toISOString());
}

/** Refuses when anything else than the deleted archives is gone, or anything appeared. */
async function demandRest(after: Listed, before: Listed, intent: MaintenanceIntent) {
  const deleted = new Set(intent.deletes.map((archive) => archive.borgId));
  const text = (archives: Listed) =>
    archives
      .map(({ borgId, name }) => `${borgId} ${name}`)
      .sort()
      .join("\n");
  if (text(after) === text(before.filter((archive) => !deleted.has(archive.borgId)))) return;
  throw new KeeperRefuses(
    "fault",
    "The archive list after the compaction is not the one of before without the deleted archives. Nothing of the work was kept.",
  );
}

async function segmentBytes(path: string): Promise<number> {
  let bytes = 0;
  for (const { size } of (await listSegments(path)).values()) bytes += size;
  return bytes;
}
