import { eq } from "drizzle-orm";
import { isReadableByAll } from "~/domain/repository";
import type { RepositoryAccess } from "~/protocol/v1";
import { pinnedSshTarget } from "../clients/ssh-target";
import type { Ctx } from "../context";
import { repositories } from "../db/schema/repositories";
import { openSecret } from "../secrets/seal-secret";
import { keyPlace, openPassphrase } from "./passphrase";
import { repositoryPath } from "./render-url";

/**
 * What the agent of `clientId` needs to open a repository, passphrase included. The account is that of the agent that will connect,
 * so for a restore on another machine pass that machine's id. Refuses `storage-unavailable` while no host key is known.
 */
export async function openRepositoryAccess(
  ctx: Ctx,
  input: { repositoryId: string; clientId: string },
): Promise<RepositoryAccess> {
  const [repository] = await ctx.db
    .select({ encryption: repositories.encryption, keySealed: repositories.keySealed })
    .from(repositories)
    .where(eq(repositories.id, input.repositoryId));
  return {
    ...(repository && isReadableByAll(repository.encryption) ? { unencrypted: true as const } : {}),
    ...(repository?.keySealed ? { key: openSecret(repository.keySealed, keyPlace(input.repositoryId)) } : {}),
    repositoryId: input.repositoryId,
    ssh: await pinnedSshTarget(ctx, input.clientId),
    path: repositoryPath(input.repositoryId),
    passphrase: await openPassphrase(ctx, input.repositoryId),
  };
}
