import { and, eq, isNull } from "drizzle-orm";
import { borgTrouble, sayBorgTrouble } from "~/domain/borg-usable";
import type { Authorized } from "~/domain/permission";
import { sayQuarantined } from "~/domain/quarantine-words";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { clients } from "../db/schema/clients";
import { jobs } from "../db/schema/jobs";
import { plans } from "../db/schema/plans";
import { repositories } from "../db/schema/repositories";
import { enqueueJob } from "../jobs/enqueue-job";
import { appendEntry } from "../journal/append-entry";
import { planMissing } from "../plans/get-plan";
import { findQuarantined } from "../repositories/find-quarantined";
import { backupPayload } from "./backup-payload";

export interface StartedBackup {
  jobId: string;
  runId: string;
  /** A backup of this plan was waiting or running already; it is the one that is answered. */
  already: boolean;
}

/**
 * Queues a backup of a plan as the plan is now. A machine that is offline gets it when it comes back. Pressing twice starts one.
 * Refuses not-found, client-not-enrolled, repository-not-ready (only when making it failed), repository-quarantined, borg-missing, borg-too-old.
 */
export async function startBackup(
  ctx: Ctx,
  may: Authorized<"backup">,
  input: { planId: string },
): Promise<StartedBackup> {
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    // The plan's row is the lock under which two clicks see one another.
    const [plan] = await tx
      .select()
      .from(plans)
      .where(and(eq(plans.id, input.planId), eq(plans.clientId, may.clientId), isNull(plans.removedAt)))
      .for("no key update");
    if (!plan) throw planMissing();
    const [active] = await tx
      .select({ jobId: jobs.id, runId: jobs.runId })
      .from(jobs)
      .where(and(eq(jobs.planId, plan.id), eq(jobs.kind, "backup"), isNull(jobs.endedAt)))
      .limit(1);
    if (active) return { ...active, already: true };
    await refuseUnready(inTx, plan);
    const queued = await enqueueJob(inTx, {
      kind: "backup",
      clientId: plan.clientId,
      repositoryId: plan.repositoryId,
      planId: plan.id,
      ...backupPayload(plan, ctx.now),
    });
    await appendEntry(inTx, {
      action: "backup.started",
      say: `Asked for a backup by the plan ${plan.name}.`,
      ...{ clientId: plan.clientId, repositoryId: plan.repositoryId },
      detail: { jobId: queued.jobId, planId: plan.id },
    });
    return { ...queued, already: false };
  });
}

/** What cannot get better by waiting is said at once; the rest waits in the queue. */
async function refuseUnready(ctx: Ctx, plan: { clientId: string; repositoryId: string }): Promise<void> {
  const [ready] = await ctx.db
    .select({
      enrolledAt: clients.enrolledAt,
      machine: clients.machine,
      clientName: clients.name,
      state: repositories.state,
      problem: repositories.problem,
    })
    .from(repositories)
    .innerJoin(clients, eq(clients.id, repositories.clientId))
    .where(eq(repositories.id, plan.repositoryId));
  if (!ready) throw new Refusal("not-found", { say: "The plan's repository is gone." });
  if (!ready.enrolledAt) {
    throw new Refusal("client-not-enrolled", {
      say: `${ready.clientName} has not enrolled yet. Run the enrolment line on it first.`,
    });
  }
  if (ready.state === "failed") {
    throw new Refusal("repository-not-ready", {
      say: `The repository could not be made: ${ready.problem ?? "unknown reason"}. Retry that first.`,
    });
  }
  const held = await findQuarantined(ctx, plan);
  if (held) {
    throw new Refusal("repository-quarantined", { say: sayQuarantined(held, "back up again after that.") });
  }
  const version = ready.machine?.borgVersion ?? null;
  const trouble = ready.machine ? borgTrouble(version) : null;
  if (trouble) {
    throw new Refusal(trouble === "borg-missing" ? "borg-missing" : "borg-too-old", {
      say: sayBorgTrouble(trouble, version).replace("; the job starts by itself then", ", then try again"),
    });
  }
}
