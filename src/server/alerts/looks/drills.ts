import { and, asc, desc, eq, isNull } from "drizzle-orm";
import type { Ctx } from "../../context";
import { clients } from "../../db/schema/clients";
import { certificates } from "../../db/schema/reports";
import { repositories } from "../../db/schema/repositories";
import type { Finding } from "../sync-alerts";

const MOST = 20_000;

/**
 * What the newest restore drill of a plan in a repository found wrong: right again when a later one of the same plan finds it well. Of a
 * repository that was removed nothing is said.
 */
export async function lookAtDrills(ctx: Ctx): Promise<Finding[]> {
  const newest = ctx.db
    .selectDistinctOn([certificates.planId, certificates.repositoryId])
    .from(certificates)
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
    .where(and(eq(newest.outcome, "failed"), isNull(repositories.removedAt), isNull(clients.removedAt)))
    .orderBy(asc(newest.repositoryId), asc(newest.planId))
    .limit(MOST);
  return rows.map((row) => ({
    ...{ key: `drill-failed ${row.repositoryId} ${row.planId ?? "none"}`, kind: "drill-failed" },
    ...{ clientId: row.clientId, repositoryId: row.repositoryId, planId: row.planId, jobId: row.jobId },
    title: `A restore drill of ${row.clientName} / ${row.repositoryName} failed`,
    say: `In the archive ${row.archiveName}: ${row.say} Do not delete older archives; run a full check of the repository, and look whether the file was changed on the machine while it was backed up.`,
  }));
}
