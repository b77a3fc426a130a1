import type { Ctx } from "../context";
import { appendEntry } from "../journal/append-entry";
import type { Keeper } from "../keeper-port";
import type { RepositoryIds } from "./copy-ledger";
import { copyState } from "./copy-state";

/** Has the keeper free the space that seals from before compactions hold. May run twice. */
export async function releaseOldSeals(
  ctx: Ctx,
  keeper: Keeper,
  given: RepositoryIds,
): Promise<{ freedBytes: number }> {
  const ids: RepositoryIds = { clientId: given.clientId, repositoryId: given.repositoryId };
  const { freedBytes } = await keeper.call("release-old-seals", ids);
  await copyState(ctx, keeper, ids);
  await appendEntry(ctx, {
    action: "vault.old-seals",
    say: `Released the old seals: ${freedBytes} bytes are free.`,
    ...ids,
    detail: { freedBytes },
  });
  return { freedBytes };
}
