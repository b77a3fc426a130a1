import type { Ctx } from "../context";
import { appendEntry } from "../journal/append-entry";
import { type Keeper, KeeperProblem } from "../keeper-port";
import { copyLedger, type RepositoryIds } from "../vault/copy-ledger";
import { inBatches } from "./in-batches";
import { readLiving } from "./read-living";
import { countArchives } from "./trash-archives";

export interface BringBackOutcome {
  /** Names. */
  broughtBack: string[];
  /** Names of those that a compaction had deleted for good. */
  gone: string[];
}

/**
 * Has the keeper take archives out of the trash. Those that are not in it stay as they are, so this may run twice. When all are gone for
 * good already that is the job's problem (`archive-missing`).
 */
export async function bringBackArchives(
  ctx: Ctx,
  keeper: Keeper,
  input: RepositoryIds & { archiveIds: string[] },
): Promise<BringBackOutcome> {
  const { clientId, repositoryId } = input;
  const living = await readLiving(ctx, input);
  const outcome: BringBackOutcome = { broughtBack: [], gone: [] };
  for (const batch of inBatches(living)) {
    const nameOf = new Map(batch.map((archive) => [archive.borgId, archive.name]));
    const borgIds = [...nameOf.keys()];
    const answer = await keeper.call("bring-back-archives", { clientId, repositoryId, borgIds });
    const named = (ids: readonly string[]) =>
      ids.map((borgId) => ({ borgId, name: nameOf.get(borgId) ?? borgId }));
    const [broughtBack, gone] = [named(answer.broughtBack), named(answer.gone)];
    await appendEntry(ctx, {
      action: "archives.bring-back",
      say: `Brought ${countArchives(broughtBack.length)} back from the trash.`,
      ...{ clientId, repositoryId },
      detail: { broughtBack, gone },
    });
    await copyLedger(ctx, keeper, input);
    outcome.broughtBack.push(...broughtBack.map(({ name }) => name));
    outcome.gone.push(...gone.map(({ name }) => name));
  }
  const [first] = outcome.gone;
  if (first && outcome.broughtBack.length === 0)
    throw new KeeperProblem("archive-missing", `${first} is gone for good: a compaction has deleted it.`);
  return outcome;
}
