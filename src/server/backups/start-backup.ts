import { and, eq, inArray, isNull } from "drizzle-orm";
import { borgTrouble, sayBorgTrouble } from "~/domain/borg-usable";
import type { Authorized } from "~/domain/permission";
import { sayQuarantined } from "~/domain/quarantine-words";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { newId } from "../db/new-id";
import { clients } from "../db/schema/clients";
import { jobs } from "../db/schema/jobs";
import { plans } from "../db/schema/plans";
import { repositories } from "../db/schema/repositories";
import { enqueueJob } from "../jobs/enqueue-job";
import { hurryBackups } from "../jobs/hurry-jobs";
import { appendEntry } from "../journal/append-entry";
import { planMissing } from "../plans/get-plan";
import { readCopies } from "../plans/own-repository";
import { findQuarantined } from "../repositories/find-quarantined";
import { backupPayload } from "./backup-payload";

export interface StartedBackup {
  /** The job of the plan's first repository that gets one now. */
  jobId: string;
  runId: string;
  /** A backup of this plan was waiting or running into each of its repositories already; it is the one that is answered. */
  already: boolean;
  /** Names of repositories that get no backup now, and why in words. */
  without: string | null;
}

/**
 * Queues a backup of a plan as the plan is now: one job for each of its repositories that has none under way, in one run. A machine that is
 * offline gets it when it comes back. Pressing twice starts one, and one that waits for its
 * hour or for another try begins now. A repository that could not be made, or is going to be deleted, is left out as long as another is
 * there. Refuses not-found, client-not-enrolled, repository-not-ready, repository-quarantined, borg-missing, borg-too-old.
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
    const active = await tx
      .select({ jobId: jobs.id, runId: jobs.runId, repositoryId: jobs.repositoryId })
      .from(jobs)
      .where(and(eq(jobs.planId, plan.id), eq(jobs.kind, "backup"), isNull(jobs.endedAt)))
      .orderBy(jobs.createdAt, jobs.id)
      .limit(20);
    const all = [plan.repositoryId, ...(await readCopies(inTx, plan.id))];
    const wanted = all.filter((id) => !active.some(({ repositoryId }) => repositoryId === id));
    await hurryBackups(
      inTx,
      active.map(({ jobId }) => jobId),
    );
    const [under] = active;
    if (under && wanted.length === 0)
      return { jobId: under.jobId, runId: under.runId, already: true, without: null };
    await refuseUnready(inTx, plan);
    const { into, without } = await sortRepositories(inTx, wanted);
    const runId = newId();
    const started: { jobId: string; runId: string }[] = [];
    for (const repositoryId of into) {
      const job = { clientId: plan.clientId, repositoryId, planId: plan.id, runId };
      started.push(await enqueueJob(inTx, { kind: "backup", ...job, ...backupPayload(plan, ctx.now) }));
    }
    const [first] = started;
    if (!first)
      throw new Refusal("repository-not-ready", { say: `${without} Retry or choose another first.` });
    await appendEntry(inTx, {
      action: "backup.started",
      say: `Asked for a backup by the plan ${plan.name}.`,
      ...{ clientId: plan.clientId, repositoryId: plan.repositoryId },
      detail: { jobId: first.jobId, planId: plan.id, repositoryIds: into, without },
    });
    return { ...first, already: false, without };
  });
}

/** Which of these repositories a backup can go into, in the same order, and why not into the others. */
async function sortRepositories(
  ctx: Ctx,
  wanted: readonly string[],
): Promise<{ into: string[]; without: string | null }> {
  const rows = await ctx.db
    .select()
    .from(repositories)
    .where(inArray(repositories.id, [...wanted]))
    .orderBy(repositories.id)
    .limit(wanted.length);
  const problems: string[] = [];
  const into = wanted.filter((id) => {
    const row = rows.find((one) => one.id === id);
    if (!row || row.removedAt || row.deleteAfter)
      problems.push(`${row?.name ?? "A repository"} is being deleted.`);
    else if (row.state === "failed")
      problems.push(`The repository ${row.name} could not be made: ${row.problem ?? "unknown reason"}.`);
    else return true;
    return false;
  });
  return { into, without: problems.length > 0 ? problems.join(" ") : null };
}

/** What cannot get better by waiting is said at once; the rest waits in the queue. */
async function refuseUnready(ctx: Ctx, plan: { clientId: string; repositoryId: string }): Promise<void> {
  const [ready] = await ctx.db
    .select({ enrolledAt: clients.enrolledAt, machine: clients.machine, clientName: clients.name })
    .from(clients)
    .where(eq(clients.id, plan.clientId));
  if (!ready?.enrolledAt) {
    throw new Refusal("client-not-enrolled", {
      say: `${ready?.clientName ?? "The machine"} has not enrolled yet. Run the enrolment line on it first.`,
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
