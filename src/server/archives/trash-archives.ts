import type { JournalAction } from "~/domain/journal-action";
import type { Ctx } from "../context";
import { appendEntry } from "../journal/append-entry";
import { type Keeper, KeeperProblem } from "../keeper-port";
import { copyLedger, type RepositoryIds } from "../vault/copy-ledger";
import { demandNoSuspicion } from "./anomaly/retention-hold";
import { inBatches } from "./in-batches";
import { type LedgerName, readLiving } from "./read-living";

export interface TrashOutcome {
  /** Names of those that are in the trash now. */
  trashed: string[];
  /** Those that the keeper did not let go, with its reason: the floor, a protection. */
  kept: { name: string; why: string }[];
}

/**
 * Has the keeper put archives into the trash, where they stay whole until a compaction after the window; nothing is written to the
 * repository. Those that are in the trash already count as done, so this may run twice. When the keeper lets none of them go, its reason
 * is the job's problem (`not-allowed`), not a success. Refuses retention-held while a suspicious backup waits for a decision.
 */
export async function trashArchives(
  ctx: Ctx,
  keeper: Keeper,
  input: RepositoryIds & { archiveIds: string[] },
): Promise<TrashOutcome> {
  await demandNoSuspicion(ctx, input.repositoryId);
  const living = await readLiving(ctx, input);
  const outcome = await putIntoTrash(ctx, keeper, input, living, {
    action: "archives.trash",
    sayOf: (count) => `Moved ${countArchives(count)} to the trash.`,
  });
  const [first] = outcome.kept;
  if (first && outcome.trashed.length === 0)
    throw new KeeperProblem("not-allowed", `${first.name} stays. ${first.why}`);
  return outcome;
}

/** The trashing itself, batch by batch: keeper, journal, our copy. The journal comes before the copy, so that a crash never loses an entry. */
export async function putIntoTrash(
  ctx: Ctx,
  keeper: Keeper,
  ids: RepositoryIds,
  archives: readonly Pick<LedgerName, "borgId" | "name">[],
  journal: { action: JournalAction; sayOf(count: number): string; detail?: Record<string, unknown> },
): Promise<TrashOutcome> {
  const { clientId, repositoryId } = ids;
  const outcome: TrashOutcome = { trashed: [], kept: [] };
  for (const batch of inBatches(archives)) {
    const nameOf = new Map(batch.map((archive) => [archive.borgId, archive.name]));
    const answer = await keeper.call("trash-archives", {
      clientId,
      repositoryId,
      borgIds: [...nameOf.keys()],
    });
    const trashed = answer.trashed.map((borgId) => ({ borgId, name: nameOf.get(borgId) ?? borgId }));
    const kept = answer.kept.map(({ borgId, why }) => ({ name: nameOf.get(borgId) ?? borgId, why }));
    await appendEntry(ctx, {
      action: journal.action,
      say: journal.sayOf(trashed.length),
      ...{ clientId, repositoryId },
      detail: { ...journal.detail, trashed, kept },
    });
    await copyLedger(ctx, keeper, ids);
    outcome.trashed.push(...trashed.map(({ name }) => name));
    outcome.kept.push(...kept);
  }
  return outcome;
}

/** `1 archive`, `3 archives`. */
export function countArchives(count: number): string {
  return count === 1 ? "1 archive" : `${count} archives`;
}
