import { and, asc, desc, eq, gt, isNull, ne, notExists, or, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { Ctx } from "../../context";
import { clients } from "../../db/schema/clients";
import { certificates } from "../../db/schema/reports";
import { repositories } from "../../db/schema/repositories";
import { archiveLedger } from "../../db/schema/vault";
import type { Finding } from "../sync-alerts";

const MOST = 20_000;

/**
 * What restore drills found wrong. A drill that by its seed met other files does not make it right again: only a later one of everything does (what
 * was wrong with canaries alone: any later one, they are in each), or that the archive is gone for good. Of a repository that was removed
 * nothing is said. The newest finding of each plan in each repository.
 */
export async function lookAtDrills(ctx: Ctx): Promise<Finding[]> {
  const later = alias(certificates, "later");
  const madeRight = ctx.db
    .select({ one: sql`1` })
    .from(later)
    .where(
      and(
        eq(later.repositoryId, certificates.repositoryId),
        sql`${later.planId} is not distinct from ${certificates.planId}`,
        gt(later.endedAt, certificates.endedAt),
        ne(later.outcome, "failed"),
        or(eq(later.scope, "everything"), eq(certificates.scope, "canaries")),
      ),
    );
  const newest = ctx.db
    .selectDistinctOn([certificates.planId, certificates.repositoryId])
    .from(certificates)
    .where(and(eq(certificates.outcome, "failed"), notExists(madeRight)))
    .orderBy(certificates.planId, certificates.repositoryId, desc(certificates.endedAt))
    .as("newest");
  const rows = await ctx.db
    .select({
      id: newest.id,
      planId: newest.planId,
      jobId: newest.jobId,
      archiveName: newest.archiveName,
      say: newest.say,
      repositoryId: repositories.id,
      repositoryName: repositories.name,
      clientId: clients.id,
      clientName: clients.name,
    })
    .from(newest)
    .innerJoin(repositories, eq(repositories.id, newest.repositoryId))
    .innerJoin(clients, eq(clients.id, repositories.clientId))
    .innerJoin(archiveLedger, eq(archiveLedger.id, newest.archiveId))
    .where(and(isNull(archiveLedger.removedAt), isNull(repositories.removedAt), isNull(clients.removedAt)))
    .orderBy(asc(newest.repositoryId), asc(newest.planId))
    .limit(MOST);
  return rows.map((row) => ({
    ...{ key: `drill-failed ${row.repositoryId} ${row.planId ?? "none"}`, kind: "drill-failed" },
    ...{ clientId: row.clientId, repositoryId: row.repositoryId, planId: row.planId, jobId: row.jobId },
    title: `A restore drill of ${row.clientName} / ${row.repositoryName} failed`,
    say: `In the archive ${row.archiveName}: ${row.say} Do not delete older archives; run a full check of the repository. This stays until a drill of everything is well.`,
  }));
}
