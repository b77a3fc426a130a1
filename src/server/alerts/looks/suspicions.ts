import { and, asc, eq, isNull } from "drizzle-orm";
import type { Ctx } from "../../context";
import { archiveScores } from "../../db/schema/archives";
import { clients } from "../../db/schema/clients";
import { plans } from "../../db/schema/plans";
import { repositories } from "../../db/schema/repositories";
import { archiveLedger } from "../../db/schema/vault";
import type { Finding } from "../sync-alerts";

const MOST = 2000;

/** How the key of such an alert begins; the archive's id follows. */
const SUSPICIOUS_KEY = "backup-suspicious ";

/** Backups that look as if their machine was encrypted or emptied, and that nobody has decided about. */
export async function lookAtSuspicions(ctx: Ctx): Promise<Finding[]> {
  const rows = await ctx.db
    .select({
      archiveId: archiveScores.archiveId,
      archiveName: archiveLedger.name,
      reasons: archiveScores.reasons,
      // Null: the plan is gone.
      planId: plans.id,
      planName: plans.name,
      clientId: clients.id,
      clientName: clients.name,
      repositoryId: repositories.id,
      repositoryName: repositories.name,
    })
    .from(archiveScores)
    .innerJoin(archiveLedger, eq(archiveLedger.id, archiveScores.archiveId))
    .innerJoin(repositories, eq(repositories.id, archiveScores.repositoryId))
    .innerJoin(clients, eq(clients.id, repositories.clientId))
    .leftJoin(plans, eq(plans.id, archiveScores.planId))
    .where(
      and(
        eq(archiveScores.strength, "strong"),
        isNull(archiveScores.resolvedAt),
        isNull(archiveLedger.removedAt),
        isNull(repositories.removedAt),
      ),
    )
    .orderBy(asc(archiveScores.archiveId))
    .limit(MOST);
  return rows.map((row) => ({
    ...{ key: `${SUSPICIOUS_KEY}${row.archiveId}`, kind: "backup-suspicious" },
    ...{ clientId: row.clientId, planId: row.planId, repositoryId: row.repositoryId },
    title: `${row.clientName}: the backup ${row.archiveName} looks suspicious`,
    say: `${row.reasons.map(({ say }) => say).join(" ")} Nothing is removed from ${row.repositoryName} until somebody has looked at what changed and said whether it was meant.`,
  }));
}
