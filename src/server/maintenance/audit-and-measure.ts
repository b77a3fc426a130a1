import { queueCatalog } from "../archives/queue-catalog";
import type { Ctx } from "../context";
import { enqueueOnce } from "../jobs/enqueue-once";
import type { Keeper } from "../keeper-port";
import { type AuditOutcome, auditRepository } from "../vault/audit-repository";
import type { RepositoryIds } from "../vault/copy-ledger";
import { measureRepository } from "./measure-repository";

/**
 * Audits a repository and writes down its size. Clean, with archives that the catalog does not hold: that is queued. When archives are left
 * without their numbers another audit is queued, behind those of other repositories. May run twice.
 */
export async function auditAndMeasure(
  ctx: Ctx,
  keeper: Keeper,
  ids: RepositoryIds,
): Promise<Omit<AuditOutcome, "moreToDescribe"> & { repositoryBytes: number }> {
  const { moreToDescribe, ...outcome } = await auditRepository(ctx, keeper, ids);
  const { bytes } = await measureRepository(ctx, keeper, ids);
  if (outcome.clean) await queueCatalog(ctx, ids);
  if (moreToDescribe) {
    await enqueueOnce(ctx, { kind: "audit", ...ids, payload: {} }, { unless: "waiting" });
  }
  return { ...outcome, repositoryBytes: bytes };
}
