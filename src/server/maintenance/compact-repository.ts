import { eq } from "drizzle-orm";
import { sayQuarantined } from "~/domain/quarantine-words";
import { Refusal } from "~/domain/refusal";
import { demandNoSuspicion } from "../archives/anomaly/retention-hold";
import type { Ctx } from "../context";
import { repositories } from "../db/schema/repositories";
import { appendEntry } from "../journal/append-entry";
import type { Keeper } from "../keeper-port";
import { openPassphrase } from "../repositories/passphrase";
import { copyLedger, type RepositoryIds } from "../vault/copy-ledger";
import { copyState } from "../vault/copy-state";
import { measureRepository } from "./measure-repository";

export interface Compacted {
  /** Names of the archives that are gone for good. */
  deleted: string[];
  /** How many checkpoints of interrupted backups went with them. */
  checkpoints: number;
  freedBytes: number;
}

/**
 * Has the keeper delete for good what has been in the trash longer than the window, and compact. The keeper refuses unless everything is
 * audited and clean; what it said stays the reason. May run twice. Refuses repository-quarantined, retention-held.
 */
export async function compactRepository(ctx: Ctx, keeper: Keeper, given: RepositoryIds): Promise<Compacted> {
  const ids: RepositoryIds = { clientId: given.clientId, repositoryId: given.repositoryId };
  const [repository] = await ctx.db
    .select({ name: repositories.name, heldAt: repositories.heldAt })
    .from(repositories)
    .where(eq(repositories.id, ids.repositoryId));
  if (repository?.heldAt) {
    throw new Refusal("repository-quarantined", {
      say: sayQuarantined(repository.name, "compact after that."),
    });
  }
  await demandNoSuspicion(ctx, ids.repositoryId);
  const passphrase = await openPassphrase(ctx, ids.repositoryId);
  const done = await keeper.call("compact-repository", { ...ids, passphrase });
  await copyLedger(ctx, keeper, ids);
  await copyState(ctx, keeper, ids);
  await measureRepository(ctx, keeper, ids);
  await appendEntry(ctx, {
    action: "vault.compact",
    say: `Compacted the repository: ${done.deleted.length} archives deleted for good, ${done.freedBytes} bytes freed.`,
    ...ids,
    detail: { ...done, deleted: done.deleted.slice(0, 1000) },
  });
  return done;
}
