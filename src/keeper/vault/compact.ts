import { DAY_MS } from "~/domain/compaction-gate";
import { archiveLocation, repositoryLocation } from "../archive-location";
import type { Keeper, Verb } from "../keeper";
import { KeeperRefuses } from "../refusal";
import { removeStaleLocks, settleOwnership } from "../repository-ownership";
import { runServerBorg } from "../run-server-borg";
import { readArchives } from "../verbs/list-archives";
import { withMaintenance } from "../with-maintenance";
import { auditUnderLease } from "./audit";
import { dropIndex } from "./drop-index";
import { isCheckpoint, type Listed, listAndJudge } from "./due-for-deletion";
import { demandNotHeld } from "./hold";
import { sealedObjects } from "./known-sets";
import {
  finishCompaction,
  type MaintenanceIntent,
  noteDeleted,
  recoverMaintenance,
  recoverOrHold,
  writeIntent,
} from "./maintenance-intent";
import { releaseDueSeals } from "./old-seals";
import { demandOurs } from "./own-writes";
import { isQuiet } from "./quiet";
import { rulesInForce } from "./rules";
import { sealAnew } from "./seal-anew";
import { readSeal } from "./seal-record";
import { listSegments } from "./segment-files";
import { openWindows } from "./windows";

/** The last process of a session is gone a moment after it; what runs longer is a session of another repository. */
const LAST_PROCESS_MS = 20_000;
const DELETE_LIMIT_SECONDS = 6 * 3600;
const COMPACT_LIMIT_SECONDS = 3 * 24 * 3600;

type Input = { clientId: string; repositoryId: string; passphrase: string };

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
    const { listed, intent } = await listAndJudge(keeper, input, signal);
    try {
      await writeIntent(keeper, repositoryId, intent);
      keeper.atStep("compact:intended");
      return await deleteAndCompact(keeper, input, intent, listed, signal);
    } catch (error) {
      await recoverOrHold(keeper, input);
      throw error;
    }
  });
  await releaseDueSeals(keeper, repositoryId);
  return done;
};

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
  await removeStaleLocks(path, keeper.clients.accountsOf(clientId), keeper.root);
  if (keeper.root) await settleOwnership(path, keeper.clients.accountsOf(clientId));
  await demandRest(await readArchives(keeper, { ...input, checkpoints: true }, signal), before, intent);
  await sealCompacted(keeper, input, intent, signal);
  keeper.atStep("compact:sealed");
  await finishCompaction(keeper, input, intent);
  return {
    deleted: intent.deletes.filter(({ name }) => !isCheckpoint(name)).map((archive) => archive.borgId),
    checkpoints: intent.deletes.filter(({ name }) => isCheckpoint(name)).length,
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
