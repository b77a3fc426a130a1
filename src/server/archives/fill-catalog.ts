import { and, asc, eq, isNull } from "drizzle-orm";
import { catalogSql } from "../catalog-pool";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { archiveLedger } from "../db/schema/vault";
import { type Keeper, KeeperProblem } from "../keeper-port";
import { openPassphrase } from "../repositories/passphrase";
import type { RepositoryIds } from "../vault/copy-ledger";
import { openCatalog } from "./catalog/open-catalog";
import { sweepArchives } from "./catalog/sweep-archives";
import { writeArchive } from "./catalog/write-archive";
import { withArchiveItems } from "./read-archive-items";

export interface Filled {
  /** Archives written now. */
  archives: number;
  items: number;
  /** Rows of versions that began or ended. */
  rows: number;
  /** Names of archives that borg could not list; they are tried again with the next ones. */
  unreadable: string[];
}

/**
 * Brings the catalog of a repository in line with the ledger: writes the archives it does not hold, oldest first, each in a transaction of
 * its own, and sweeps what only archives that are gone held. May run twice, beside itself, and be cut off at any line: it goes on where it
 * was. A storage node that is away is the keeper's problem.
 */
export async function fillCatalog(ctx: Ctx, keeper: Keeper, ids: RepositoryIds): Promise<Filled> {
  const { clientId, repositoryId } = ids;
  const sql = catalogSql();
  const repository = await openCatalog(sql, repositoryId);
  const living = await ctx.db
    .select({
      archiveId: archiveLedger.id,
      borgId: archiveLedger.borgId,
      name: archiveLedger.name,
      planId: archiveLedger.planId,
    })
    .from(archiveLedger)
    .where(and(eq(archiveLedger.repositoryId, repositoryId), isNull(archiveLedger.removedAt)))
    .orderBy(asc(archiveLedger.observedAt), asc(archiveLedger.id));
  const held = await sql<{ archiveId: string }[]>`
    select archive_id as "archiveId" from catalog_archives where repository = ${repository}`;
  await sweepArchives(sql, { repository, living: living.map(({ archiveId }) => archiveId) });
  const known = new Set(held.map(({ archiveId }) => archiveId));
  const missing = living.filter(({ archiveId }) => !known.has(archiveId));
  const filled: Filled = { archives: 0, items: 0, rows: 0, unreadable: [] };
  if (missing.length === 0) return filled;
  const passphrase = await openPassphrase(ctx, repositoryId);
  for (const { archiveId, borgId, name, planId } of missing) {
    const archive = { clientId, repositoryId, passphrase, borgId, name };
    try {
      const written = await withArchiveItems(keeper, archive, (readItems) =>
        writeArchive(sql, { repository, planId, archiveId }, readItems),
      );
      if (!written) continue;
      filled.archives++;
      filled.items += written.items;
      filled.rows += written.opened + written.closed;
      await announce(ctx.db, { entity: "archive", id: archiveId, clientId });
    } catch (problem) {
      if (!(problem instanceof KeeperProblem) || problem.passes || !LEAVES_OTHERS.has(problem.code))
        throw problem;
      filled.unreadable.push(name);
    }
  }
  return filled;
}

/** About this archive alone; the others may be well. */
const LEAVES_OTHERS: ReadonlySet<KeeperProblem["code"]> = new Set(["archive-missing", "bad-request"]);
