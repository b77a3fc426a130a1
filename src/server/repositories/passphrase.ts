import { eq } from "drizzle-orm";
import type { Ctx } from "../context";
import { repositories } from "../db/schema/repositories";
import { openSecret, type SecretPlace } from "../secrets/seal-secret";

/** Where a repository's passphrase is sealed to. */
export function passphrasePlace(repositoryId: string): SecretPlace {
  return { table: "repositories", column: "passphrase_sealed", rowId: repositoryId };
}

/** Where the key of a repository that was made with a key file is sealed to. */
export function keyPlace(repositoryId: string): SecretPlace {
  return { table: "repositories", column: "key_sealed", rowId: repositoryId };
}

/**
 * A repository's passphrase in the clear: for the keeper and for the order of the agent that may use it, never for a log or a
 * person (that is `reveal-secrets`). A missing repository is a fault.
 */
export async function openPassphrase(ctx: Ctx, repositoryId: string): Promise<string> {
  const [found] = await ctx.db
    .select({ sealed: repositories.passphraseSealed })
    .from(repositories)
    .where(eq(repositories.id, repositoryId));
  if (!found) throw new Error(`repository ${repositoryId} is missing`);
  return openSecret(found.sealed, passphrasePlace(repositoryId));
}
