import { compactionBlockedBy } from "~/domain/compaction-gate";
import type { Keeper } from "../keeper";
import { isUnreadable, KeeperRefuses } from "../refusal";
import { readArchives } from "../verbs/list-archives";
import { readLedger, standing } from "./archive-ledger";
import { dropIndex } from "./drop-index";
import type { MaintenanceIntent } from "./maintenance-intent";
import { isQuiet } from "./quiet";
import { lastCommit } from "./segment-files";
import { dueArchives } from "./trash";
import { readVaultRecord } from "./vault-record";

/** borg's names for what an interrupted `create` left. borg lists no archive of such a name by default (1.2.4, 1.4.0). */
const CHECKPOINT = /\.checkpoint(?:\.\d+)?$/;

export const isCheckpoint = (archiveName: string) => CHECKPOINT.test(archiveName);

type Input = { clientId: string; repositoryId: string; passphrase: string };
export type Listed = Awaited<ReturnType<typeof readArchives>>;

/** Where the list cannot be read or differs from the ledger, the index may be wrong, which is the client's: borg then makes its own. */
export async function listAndJudge(keeper: Keeper, input: Input, signal: AbortSignal) {
  const read = () => readArchives(keeper, { ...input, checkpoints: true }, signal);
  const first = await read().catch((error) => {
    if (isUnreadable(error)) return null;
    throw error;
  });
  if (first && (await countDifferences(keeper, input.repositoryId, first)) === 0)
    return { listed: first, intent: await whatIsDue(keeper, input, first) };
  await dropIndex(keeper, input);
  const listed = await read();
  return { listed, intent: await whatIsDue(keeper, input, listed) };
}

async function countDifferences(keeper: Keeper, repositoryId: string, listed: Listed): Promise<number> {
  const ledger = standing(await readLedger(keeper.paths, repositoryId));
  const names = new Map(listed.map((archive) => [archive.borgId, archive.name]));
  const entered = new Set(ledger.map((archive) => archive.borgId));
  const missing = ledger.filter((archive) => names.get(archive.borgId) !== archive.name);
  const unknown = listed.filter((archive) => !isCheckpoint(archive.name) && !entered.has(archive.borgId));
  return missing.length + unknown.length;
}

/** Refuses `not-allowed` with all reasons that stand against it. */
async function whatIsDue(keeper: Keeper, input: Input, listed: Listed): Promise<MaintenanceIntent> {
  const { clientId, repositoryId } = input;
  const { path } = keeper.repositories.get(clientId, repositoryId);
  const record = await readVaultRecord(keeper.paths, repositoryId);
  const seal = record.seals.at(-1);
  const ledger = standing(await readLedger(keeper.paths, repositoryId));
  const nameOf = new Map(listed.map((archive) => [archive.borgId, archive.name]));
  const entered = new Set(ledger.map((archive) => archive.borgId));
  const isSame = (archive: { borgId: string; name: string }) => nameOf.get(archive.borgId) === archive.name;
  const due = (await dueArchives(keeper, repositoryId)).filter(isSame);
  const checkpoints = leftCheckpoints(listed, entered);
  const blockedBy = compactionBlockedBy({
    held: false,
    sessionOpen: !(await isQuiet(keeper, clientId)),
    unauditedSessions: record.sessions.filter((session) => !session.audited).length,
    sealedTransaction: seal?.transaction ?? null,
    committedTransaction: await lastCommit(path),
    ledgerDiffers: await countDifferences(keeper, repositoryId, listed),
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
  const isLeft = (archive: Listed[number]) => isCheckpoint(archive.name) && !entered.has(archive.borgId);
  const lastFinished = listed.findLastIndex((archive) => !isLeft(archive));
  return listed.slice(0, Math.max(0, lastFinished)).filter(isLeft);
}
