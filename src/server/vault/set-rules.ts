import type { Ctx } from "../context";
import { appendEntry } from "../journal/append-entry";
import type { Keeper } from "../keeper-port";
import type { RepositoryIds } from "./copy-ledger";
import { copyState } from "./copy-state";
import { sayRules, type VaultRules } from "./request-rules";

/** Has the keeper change the vault rules of a repository. May run twice. */
export async function setRules(
  ctx: Ctx,
  keeper: Keeper,
  given: RepositoryIds & { rules: VaultRules },
): Promise<{ inForceFrom: string }> {
  const ids: RepositoryIds = { clientId: given.clientId, repositoryId: given.repositoryId };
  const { inForceFrom } = await keeper.call("set-vault-rules", { ...ids, ...given.rules });
  await copyState(ctx, keeper, ids);
  await appendEntry(ctx, {
    action: "vault.rules",
    say: `Vault rules changed, in force from ${inForceFrom}: ${sayRules(given.rules)}.`,
    ...ids,
    detail: { rules: given.rules, inForceFrom },
  });
  return { inForceFrom };
}
