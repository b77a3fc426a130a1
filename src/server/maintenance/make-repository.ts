import { eq } from "drizzle-orm";
import { z } from "zod";
import { OFFERED_ENCRYPTIONS } from "~/domain/repository";
import type { Ctx } from "../context";
import { repositories } from "../db/schema/repositories";
import { type Keeper, KeeperProblem } from "../keeper-port";
import { markFailed, markReady } from "../repositories/mark-repository";
import { openPassphrase } from "../repositories/passphrase";

/** Has the keeper make a repository that is written down, and notes the outcome. May run twice: the passphrase stays the same. */
export async function makeRepository(
  ctx: Ctx,
  keeper: Keeper,
  input: { clientId: string; repositoryId: string },
): Promise<{ borgId: string }> {
  const [repository] = await ctx.db
    .select({
      quotaBytes: repositories.quotaBytes,
      encryption: repositories.encryption,
      location: repositories.location,
    })
    .from(repositories)
    .where(eq(repositories.id, input.repositoryId));
  if (!repository) throw new Error(`repository ${input.repositoryId} is missing`);
  try {
    const made = await keeper.call("create-repository", {
      ...input,
      passphrase: await openPassphrase(ctx, input.repositoryId),
      quotaBytes: repository.quotaBytes,
      location: repository.location,
      encryption: z.enum(OFFERED_ENCRYPTIONS).parse(repository.encryption),
    });
    await ctx.db.transaction((tx) =>
      markReady({ ...ctx, db: tx }, { repositoryId: input.repositoryId, borgId: made.borgId }),
    );
    return made;
  } catch (problem) {
    if (problem instanceof KeeperProblem && !problem.passes) {
      await ctx.db.transaction((tx) =>
        markFailed({ ...ctx, db: tx }, { repositoryId: input.repositoryId, problem: problem.say }),
      );
    }
    throw problem;
  }
}
