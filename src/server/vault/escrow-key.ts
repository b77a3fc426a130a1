import { eq } from "drizzle-orm";
import type { Ctx } from "../context";
import { repositories } from "../db/schema/repositories";
import { keyEscrows } from "../db/schema/vault";
import type { Keeper } from "../keeper-port";
import { openPassphrase } from "../repositories/passphrase";
import { openSecret, type SecretPlace, sealSecret } from "../secrets/seal-secret";
import type { RepositoryIds } from "./copy-ledger";

/** What is kept of a repository's key: as `borg key export` writes it, and the form for paper. Both still need the passphrase. */
export interface EscrowedKey {
  key: string;
  paper: string;
}

/**
 * Exports borg's key of a sealed repository once, and from then on compares: `same` false says that the key which the keeper has sealed is
 * not the one in escrow. `renew` takes the keeper's as the right one, after a person accepted it. May run twice.
 */
export async function escrowKey(
  ctx: Ctx,
  keeper: Keeper,
  ids: RepositoryIds,
  given: { renew?: boolean } = {},
): Promise<{ same: boolean }> {
  const { clientId, repositoryId } = ids;
  const [repository] = await ctx.db
    .select({ encryption: repositories.encryption })
    .from(repositories)
    .where(eq(repositories.id, repositoryId));
  // It has none.
  if (repository?.encryption === "none") return { same: true };
  const passphrase = await openPassphrase(ctx, repositoryId);
  const now = await keeper.call("export-key", { clientId, repositoryId, passphrase, paper: false });
  const before = given.renew ? null : await openEscrow(ctx, repositoryId);
  if (before) return { same: before.key === now.text };
  const { text: paper } = await keeper.call("export-key", {
    ...{ clientId, repositoryId, passphrase, paper: true },
  });
  const escrowed: EscrowedKey = { key: now.text, paper };
  const row = {
    keySealed: sealSecret(JSON.stringify(escrowed), escrowPlace(repositoryId)),
    configSha256: now.configSha256,
    escrowedAt: ctx.now,
  };
  await ctx.db
    .insert(keyEscrows)
    .values({ repositoryId, ...row })
    .onConflictDoUpdate({ target: keyEscrows.repositoryId, set: row });
  return { same: true };
}

/** The key in escrow; null: none is. For the paper key and for comparing, never for a log. */
export async function openEscrow(ctx: Ctx, repositoryId: string): Promise<EscrowedKey | null> {
  const [row] = await ctx.db
    .select({ keySealed: keyEscrows.keySealed })
    .from(keyEscrows)
    .where(eq(keyEscrows.repositoryId, repositoryId));
  return row ? (JSON.parse(openSecret(row.keySealed, escrowPlace(repositoryId))) as EscrowedKey) : null;
}

function escrowPlace(repositoryId: string): SecretPlace {
  return { table: "key_escrows", column: "key_sealed", rowId: repositoryId };
}
