import { and, asc, eq, isNull, sql } from "drizzle-orm";
import type { DrillScope } from "~/domain/drill";
import { NO_OPTIONS } from "~/domain/no-options";
import type { Authorized } from "~/domain/permission";
import { sayQuarantined } from "~/domain/quarantine-words";
import { Refusal } from "~/domain/refusal";
import { archiveMissing } from "../../archives/get-archive";
import type { Ctx } from "../../context";
import { clients } from "../../db/schema/clients";
import { planCopies, plans } from "../../db/schema/plans";
import { repositories } from "../../db/schema/repositories";
import { archiveLedger } from "../../db/schema/vault";
import { appendEntry } from "../../journal/append-entry";
import { planMissing } from "../../plans/get-plan";
import type { RestoreParties } from "../start-restore";
import { mayBringOnto } from "./bring-onto-client";
import { newestDrillable, readSample } from "./drillable";
import { queueDrill, USUAL_FILES } from "./queue-drill";

/**
 * Asks for a drill of one archive now, on the storage node or `onto` another client: for that one must be allowed to restore from here and
 * there. Asking twice answers the one that waits or runs. Refuses archive-missing, repository-quarantined, invalid-input for one that has no
 * hashes of its machine, unless everything is read, and what a restore onto that client refuses.
 */
export async function requestDrill(
  ctx: Ctx,
  may: Authorized<"maintenance">,
  input: { archiveId: string; scope: DrillScope; files?: number | undefined; onto?: string | undefined },
): Promise<{ jobId: string }> {
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const [found] = await tx
      .select({ archive: archiveLedger, repository: repositories.name, heldAt: repositories.heldAt })
      .from(archiveLedger)
      .innerJoin(repositories, eq(repositories.id, archiveLedger.repositoryId))
      .where(
        and(
          eq(archiveLedger.id, input.archiveId),
          eq(repositories.clientId, may.clientId),
          isNull(archiveLedger.removedAt),
        ),
      );
    if (!found) throw archiveMissing();
    if (found.heldAt) throw held(found.repository);
    const sample = await readSample(inTx, found.archive.jobId);
    if (!sample && input.scope !== "everything") throw nothingToCompare(found.archive.name);
    return ask(inTx, may, found.archive, {
      ...{ scope: input.scope, files: input.files ?? USUAL_FILES },
      onto: await parties(inTx, may, input.onto),
    });
  });
}

/**
 * Asks for a drill of a plan's newest archive in each of its repositories now, as its policy says, or with files drawn by seed where it has
 * none. Refuses not-found, repository-quarantined, and invalid-input where no archive can be drilled yet.
 */
export async function requestPlanDrill(
  ctx: Ctx,
  may: Authorized<"maintenance">,
  input: { planId: string },
): Promise<{ jobIds: string[] }> {
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const [plan] = await tx
      .select({ id: plans.id, name: plans.name, options: plans.options })
      .from(plans)
      .innerJoin(clients, eq(clients.id, plans.clientId))
      .where(and(eq(plans.id, input.planId), eq(plans.clientId, may.clientId), isNull(plans.removedAt)));
    if (!plan) throw planMissing();
    const { drill } = { ...NO_OPTIONS, ...plan.options };
    const given = {
      ...{ scope: drill?.scope ?? ("random" as const), files: drill?.files ?? USUAL_FILES },
      onto: await parties(inTx, may, drill?.onto),
    };
    const jobIds: string[] = [];
    for (const repository of await targetsOf(inTx, plan.id)) {
      const archive = await newestDrillable(inTx, { planId: plan.id, repositoryId: repository.id, ...given });
      if (archive === null) continue;
      if (repository.heldAt) throw held(repository.name);
      jobIds.push((await ask(inTx, may, archive, given)).jobId);
    }
    if (jobIds.length === 0) throw nothingToCompare(plan.name);
    return { jobIds };
  });
}

async function parties(
  ctx: Ctx,
  may: Authorized<"maintenance">,
  onto: string | undefined,
): Promise<RestoreParties | null> {
  return onto === undefined ? null : mayBringOnto(ctx, { fromClientId: may.clientId, onto });
}

async function targetsOf(ctx: Ctx, planId: string) {
  const { id, name, heldAt } = repositories;
  return ctx.db
    .select({ id, name, heldAt })
    .from(repositories)
    .where(
      and(
        isNull(repositories.removedAt),
        sql`${id} in (select ${plans.repositoryId} from ${plans} where ${plans.id} = ${planId}
          union select ${planCopies.repositoryId} from ${planCopies} where ${planCopies.planId} = ${planId})`,
      ),
    )
    .orderBy(asc(id));
}

async function ask(
  ctx: Ctx,
  may: Authorized<"maintenance">,
  archive: typeof archiveLedger.$inferSelect,
  given: { scope: DrillScope; files: number; onto: RestoreParties | null },
): Promise<{ jobId: string }> {
  const { jobId } = await queueDrill(ctx, archive, { ...given, clientId: may.clientId });
  await appendEntry(ctx, {
    action: "drill.asked",
    say: `Asked for a restore drill of the archive ${archive.name}.`,
    ...{ clientId: may.clientId, repositoryId: archive.repositoryId },
    detail: { jobId, archiveId: archive.id, scope: given.scope, onto: given.onto?.to.clientId ?? null },
  });
  return { jobId };
}

function held(repository: string): Refusal {
  return new Refusal("repository-quarantined", { say: sayQuarantined(repository, "drill after that.") });
}

function nothingToCompare(name: string): Refusal {
  return new Refusal("invalid-input", {
    say: `${name} has no hashes of its machine to compare with: its agent sends them with each backup from this version on. Make a backup first, or drill everything.`,
  });
}
