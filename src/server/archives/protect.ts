import type { Ctx } from "../context";
import { appendEntry } from "../journal/append-entry";
import type { Keeper } from "../keeper-port";
import { copyLedger, type RepositoryIds } from "../vault/copy-ledger";
import { inBatches } from "./in-batches";
import { readLiving } from "./read-living";
import { countArchives } from "./trash-archives";

/** Has the keeper protect archives, or take the protection away. `changed` names those that were not so before. May run twice. */
export async function protectArchives(
  ctx: Ctx,
  keeper: Keeper,
  input: RepositoryIds & { archiveIds: string[]; protected: boolean },
): Promise<{ changed: string[] }> {
  const { clientId, repositoryId } = input;
  const living = await readLiving(ctx, input);
  const names: string[] = [];
  for (const batch of inBatches(living)) {
    const nameOf = new Map(batch.map((archive) => [archive.borgId, archive.name]));
    const borgIds = [...nameOf.keys()];
    const answer = await keeper.call("protect-archives", {
      ...{ clientId, repositoryId, borgIds, protected: input.protected },
    });
    const changed = answer.changed.map((borgId) => ({ borgId, name: nameOf.get(borgId) ?? borgId }));
    await appendEntry(ctx, {
      action: "archives.protect",
      say: `${input.protected ? "Protected" : "Took the protection from"} ${countArchives(changed.length)}.`,
      ...{ clientId, repositoryId },
      detail: { protected: input.protected, changed },
    });
    await copyLedger(ctx, keeper, input);
    names.push(...changed.map(({ name }) => name));
  }
  return { changed: names };
}
