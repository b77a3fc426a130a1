import { rm } from "node:fs/promises";
import type { Keeper } from "../keeper";
import type { StoragePaths } from "../paths";
import { KeeperRefuses } from "../refusal";
import { Turns } from "../turns";
import { readLedger } from "../vault/archive-ledger";
import { readVaultRecord } from "../vault/vault-record";
import { openWindows } from "../vault/windows";
import { writeAtomically } from "../write-atomically";
import { type DeletionMark, markPath, readMark } from "./deletion-mark";

/**
 * The keeper deletes no repository with archives sooner, whoever asks: people must have the time to notice that their backups are
 * refused.
 */
const LEAST_GRACE_DAYS = 7;

/** Changes of a mark happen one after the other. */
const turns = new Turns();

/**
 * Marks a repository by our own clocks. Twice keeps the first day, and the longer of the two times. One that never held an archive and was
 * never written to has nothing to lose: there any time will do. Returns the mark.
 */
export function markForDeletion(
  keeper: Keeper,
  repositoryId: string,
  graceDays: number,
): Promise<DeletionMark> {
  return turns.take(async () => {
    const before = await readMark(keeper.paths, repositoryId);
    if (graceDays < LEAST_GRACE_DAYS && !(await isUnused(keeper, repositoryId)))
      throw new KeeperRefuses(
        "not-allowed",
        `A repository with archives is deleted after ${LEAST_GRACE_DAYS} days at the earliest.`,
      );
    if (before) {
      const longer = { ...before, graceDays: Math.max(before.graceDays, graceDays) };
      await writeMark(keeper.paths, repositoryId, longer);
      return longer;
    }
    const mark = { markedAt: keeper.now().toISOString(), graceDays, begun: false };
    await openWindows(keeper, repositoryId, ["delete"]);
    await writeMark(keeper.paths, repositoryId, mark);
    return mark;
  });
}

/** Takes the mark away. One that is not there is none. Refuses once deleting has begun. */
export function takeMarkAway(keeper: Keeper, repositoryId: string): Promise<void> {
  return turns.take(async () => {
    const mark = await readMark(keeper.paths, repositoryId);
    if (mark?.begun) throw new KeeperRefuses("not-allowed", "This repository is being deleted already.");
    await rm(markPath(keeper.paths, repositoryId), { force: true });
  });
}

/** From here on there is no way back. `mark` must be the one that stands: it may have been taken away meanwhile. */
export function beginDeletion(keeper: Keeper, repositoryId: string, mark: DeletionMark): Promise<void> {
  return turns.take(async () => {
    const now = await readMark(keeper.paths, repositoryId);
    if (now?.markedAt !== mark.markedAt || now.graceDays !== mark.graceDays)
      throw new KeeperRefuses("not-allowed", "Its deletion was called off or put off meanwhile.");
    await writeMark(keeper.paths, repositoryId, { ...mark, begun: true });
  });
}

async function isUnused(keeper: Keeper, repositoryId: string): Promise<boolean> {
  const ledger = await readLedger(keeper.paths, repositoryId);
  const record = await readVaultRecord(keeper.paths, repositoryId);
  return ledger.archives.length === 0 && record.sessions.length === 0 && record.seals.length > 0;
}

const writeMark = (paths: StoragePaths, repositoryId: string, mark: DeletionMark) =>
  writeAtomically(markPath(paths, repositoryId), `${JSON.stringify(mark)}\n`, 0o600);
