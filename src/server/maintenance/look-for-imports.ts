import type { LostRepository } from "~/domain/repository-import";
import type { KeeperOutput } from "~/keeper/contract";
import { ensureStorageNode, MAIN_NODE } from "../clients/ensure-storage-node";
import type { Ctx } from "../context";
import type { Keeper } from "../keeper-port";
import { findUnknown, recordListing } from "../repositories/import-listing";

const AT_ONCE = 1000;
/** More are told of once these are taken in. */
const MOST_LOST = 200;

/** Asks the storage node which folders could be taken in, and writes it down for the console. */
export async function lookForImports(ctx: Ctx, keeper: Keeper): Promise<void> {
  const { candidates } = await keeper.call("list-imports", {});
  await ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    await ensureStorageNode(inTx);
    await recordListing(inTx, { storageNodeId: MAIN_NODE, candidates });
  });
}

/** Compares all repositories of the storage node with our rows, and writes down those that have none: a database was lost or put back. */
export async function lookForLost(ctx: Ctx, keeper: Keeper): Promise<void> {
  const lost: LostRepository[] = [];
  let after: string | null = null;
  for (;;) {
    const { repositories }: KeeperOutput<"list-repositories"> = await keeper.call("list-repositories", {
      after,
      limit: AT_ONCE,
    });
    const unknown = await findUnknown(
      ctx,
      repositories.map(({ repositoryId }) => repositoryId),
    );
    lost.push(...repositories.filter(({ repositoryId }) => unknown.has(repositoryId)));
    after = repositories.at(-1)?.repositoryId ?? null;
    if (repositories.length < AT_ONCE || lost.length >= MOST_LOST) break;
  }
  await ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    await ensureStorageNode(inTx);
    await recordListing(inTx, { storageNodeId: MAIN_NODE, lost: lost.slice(0, MOST_LOST) });
  });
}
