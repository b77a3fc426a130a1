import { and, eq, isNull } from "drizzle-orm";
import type { JobPayloadOf } from "~/domain/job-payload";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { clients } from "../db/schema/clients";
import { plans } from "../db/schema/plans";
import { repositories } from "../db/schema/repositories";
import { archiveLedger } from "../db/schema/vault";
import type { Hold } from "../jobs/worker-jobs";

/** A drill as the worker holds it. */
export interface DrillJob {
  clientId: string;
  repositoryId: string;
  payload: JobPayloadOf<"drill">;
  hold: Hold;
}

/** The archive of a drill and whose it is. */
export type Drilled = Awaited<ReturnType<typeof readDrilled>>;

/** The archive of a drill with whose it is, as they are now. Refuses archive-missing, repository-quarantined. */
export async function readDrilled(ctx: Ctx, { clientId, repositoryId, payload }: DrillJob) {
  const [found] = await ctx.db
    .select({
      archive: archiveLedger,
      repository: { id: repositories.id, name: repositories.name },
      heldAt: repositories.heldAt,
      client: { id: clients.id, name: clients.name },
      plan: { id: plans.id, name: plans.name },
    })
    .from(archiveLedger)
    .innerJoin(repositories, eq(repositories.id, archiveLedger.repositoryId))
    .innerJoin(clients, eq(clients.id, repositories.clientId))
    .leftJoin(plans, eq(plans.id, archiveLedger.planId))
    .where(
      and(
        eq(archiveLedger.id, payload.archiveId),
        eq(archiveLedger.repositoryId, repositoryId),
        eq(repositories.clientId, clientId),
        isNull(archiveLedger.removedAt),
      ),
    );
  if (!found) throw new Refusal("archive-missing", { say: `${payload.archiveName} was removed meanwhile.` });
  if (found.heldAt) {
    throw new Refusal("repository-quarantined", {
      say: `${found.repository.name} is held until it was reviewed. It is drilled after that.`,
    });
  }
  return found;
}
