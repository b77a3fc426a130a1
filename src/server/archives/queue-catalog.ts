import { and, asc, eq, isNull } from "drizzle-orm";
import { catalogSql } from "../catalog-pool";
import type { Ctx } from "../context";
import { archiveLedger } from "../db/schema/vault";
import { enqueueOnce } from "../jobs/enqueue-once";
import type { RepositoryIds } from "../vault/copy-ledger";
import { hasUnscored } from "./anomaly/score-archives";
import { dropCatalog } from "./catalog/open-catalog";

/** Queues the catalog of a repository when it does not hold exactly the archives that live, or when some wait to be scored. Asking twice queues one. */
export async function queueCatalog(ctx: Ctx, ids: RepositoryIds): Promise<void> {
  const { clientId, repositoryId } = ids;
  const living = await ctx.db
    .select({ archiveId: archiveLedger.id })
    .from(archiveLedger)
    .where(and(eq(archiveLedger.repositoryId, repositoryId), isNull(archiveLedger.removedAt)))
    .orderBy(asc(archiveLedger.id));
  const held = await catalogSql()<{ archiveId: string }[]>`
    select a.archive_id as "archiveId" from catalog_archives a
    join catalog_repositories r on r.number = a.repository
    where r.repository_id = ${repositoryId} order by a.archive_id`;
  const known = new Set(held.map(({ archiveId }) => archiveId));
  const isComplete = held.length === living.length && living.every(({ archiveId }) => known.has(archiveId));
  if (isComplete && !(await hasUnscored(ctx, repositoryId))) return;
  await enqueueOnce(ctx, { kind: "catalog", clientId, repositoryId, payload: {} }, { unless: "waiting" });
}

/** Drops the catalog of a repository and has it written anew from its archives. */
export async function rebuildCatalog(ctx: Ctx, ids: RepositoryIds): Promise<void> {
  await dropCatalog(catalogSql(), ids.repositoryId);
  await queueCatalog(ctx, ids);
}
