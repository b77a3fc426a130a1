import type { Ctx } from "../context";
import type { Keeper } from "../keeper-port";
import { recordSize } from "../repositories/mark-repository";

/** Has the keeper measure a repository on disk and writes it down. */
export async function measureRepository(
  ctx: Ctx,
  keeper: Keeper,
  input: { clientId: string; repositoryId: string },
): Promise<{ bytes: number }> {
  const { bytes } = await keeper.call("repository-size", input);
  await ctx.db.transaction((tx) =>
    recordSize({ ...ctx, db: tx }, { repositoryId: input.repositoryId, bytes }),
  );
  return { bytes };
}
