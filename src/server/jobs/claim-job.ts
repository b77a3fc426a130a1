import { and, asc, eq, inArray, isNotNull, isNull, lte, ne, notInArray, or, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import { isWriter } from "~/domain/admission";
import { type JobKind, needsNoRepository, type WorkerJobKind, WRITING_KINDS } from "~/domain/job";
import { AGED_PRIORITY, agedBefore } from "~/domain/job-priority";
import { WORKER_LEASE_SECONDS } from "~/domain/lease";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { clients } from "../db/schema/clients";
import { jobs } from "../db/schema/jobs";
import { retakeWorkerJob } from "./expire-leases";
import { lockRepositories } from "./lock-repositories";

export type ClaimedJob = Omit<typeof jobs.$inferSelect, "kind"> & { kind: WorkerJobKind };

/** Kinds that change a client's account: one at a time per client, or removing and making it would race. */
const ACCOUNT_KINDS: WorkerJobKind[] = ["provision-client", "remove-client"];
/** Further candidates to look at when the oldest may not begin. */
const LOOK_AT = 10;

/**
 * Takes the next job that this storage node's worker may begin, and begins it: by priority, then for clients that have none under way (one
 * with a thousand jobs does not keep the others waiting), then the oldest. One writer per repository, repositories only for
 * clients that have an account. Null: nothing to do now. Safe with any number of claimers.
 */
export async function claimJob(
  ctx: Ctx,
  input: { storageNodeId: string; heldBy: string; kinds: readonly WorkerJobKind[] },
): Promise<ClaimedJob | null> {
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    for (const candidate of await lockCandidates(inTx, input)) {
      if (isWriter(candidate.kind)) {
        const { busy } = await lockRepositories(inTx, [candidate.repositoryId]);
        if (busy.has(candidate.repositoryId ?? "")) continue;
      }
      return begin(inTx, candidate.id, input.heldBy);
    }
    return null;
  });
}

/**
 * The next jobs that may begin as far as one look can tell. Those that must wait for another are left out here and not later: many
 * of them in front would hide what could begin. Audits of one repository go one after the other.
 */
async function lockCandidates(ctx: Ctx, input: { storageNodeId: string; kinds: readonly WorkerJobKind[] }) {
  const busyAccounts = ctx.db
    .select({ clientId: jobs.clientId })
    .from(jobs)
    .where(and(inArray(jobs.state, ["assigned", "running"]), inArray(jobs.kind, ACCOUNT_KINDS)));
  const busyClients = ctx.db
    .select({ clientId: jobs.clientId })
    .from(jobs)
    .where(and(inArray(jobs.state, ["assigned", "running"]), eq(jobs.executor, "worker")));
  const under = alias(jobs, "under_way");
  const underWay = (kinds: readonly JobKind[]) =>
    ctx.db
      .select({ repositoryId: under.repositoryId })
      .from(under)
      .where(
        and(
          inArray(under.state, ["assigned", "running"]),
          inArray(under.kind, [...kinds]),
          isNotNull(under.repositoryId),
        ),
      );
  return ctx.db
    .select({ id: jobs.id, kind: jobs.kind, repositoryId: jobs.repositoryId })
    .from(jobs)
    .innerJoin(clients, eq(clients.id, jobs.clientId))
    .where(
      and(
        eq(jobs.executor, "worker"),
        eq(jobs.state, "queued"),
        eq(clients.storageNodeId, input.storageNodeId),
        or(isNull(jobs.notBefore), lte(jobs.notBefore, ctx.now)),
        or(ne(jobs.kind, "create-repository"), isNotNull(clients.provisionedAt)),
        or(notInArray(jobs.kind, ACCOUNT_KINDS), sql`${jobs.clientId} not in ${busyAccounts}`),
        or(notInArray(jobs.kind, [...WRITING_KINDS]), notInArray(jobs.repositoryId, underWay(WRITING_KINDS))),
        or(ne(jobs.kind, "audit"), notInArray(jobs.repositoryId, underWay(["audit"]))),
        inArray(jobs.kind, [...input.kinds]),
      ),
    )
    .orderBy(
      sql`case when ${jobs.createdAt} < ${agedBefore(ctx.now).toISOString()} then greatest(${jobs.priority}, ${AGED_PRIORITY}) else ${jobs.priority} end desc`,
      sql`${jobs.clientId} in ${busyClients}`,
      asc(jobs.createdAt),
      asc(jobs.id),
    )
    .limit(LOOK_AT)
    .for("update", { of: jobs, skipLocked: true });
}

/** Assigned and running in one step: a worker that takes a job has begun it. */
async function begin(ctx: Ctx, jobId: string, heldBy: string): Promise<ClaimedJob | null> {
  const [job] = await ctx.db
    .update(jobs)
    .set({
      state: "running",
      lease: sql`${jobs.lease} + 1`,
      leaseExpiresAt: new Date(ctx.now.getTime() + WORKER_LEASE_SECONDS * 1000),
      heldBy,
      assignedAt: ctx.now,
      startedAt: ctx.now,
      notBefore: null,
      problem: null,
    })
    .where(eq(jobs.id, jobId))
    .returning();
  if (!job || job.kind === "backup" || job.kind === "restore" || needsNoRepository(job.kind)) return null;
  await announce(ctx.db, { entity: "job", id: job.id, clientId: job.clientId });
  return { ...job, kind: job.kind };
}

/** Takes back what a worker of this name held when it died. Called once when it starts again, before its first claim. */
export async function retakeOwnJobs(ctx: Ctx, input: { heldBy: string }): Promise<number> {
  return ctx.db.transaction(async (tx) => {
    const own = await tx
      .select()
      .from(jobs)
      .where(
        and(
          eq(jobs.heldBy, input.heldBy),
          eq(jobs.executor, "worker"),
          inArray(jobs.state, ["assigned", "running"]),
        ),
      )
      .orderBy(asc(jobs.createdAt))
      .limit(1000)
      .for("update", { skipLocked: true });
    for (const job of own) await retakeWorkerJob({ ...ctx, db: tx }, job);
    return own.length;
  });
}
