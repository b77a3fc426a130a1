import { and, asc, desc, eq, inArray, isNull, sql } from "drizzle-orm";
import { admit, type Verdict, type WaitingJob } from "~/domain/admission";
import {
  type AgentJobKind,
  isLook,
  JOB_KINDS,
  type JobKind,
  LEASE_SECONDS,
  type LookKind,
} from "~/domain/job";
import type { Actor } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import type { PollRequest } from "~/protocol/v1";
import { recordHeartbeat } from "../clients/record-heartbeat";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { newId } from "../db/new-id";
import { clients } from "../db/schema/clients";
import { jobs } from "../db/schema/jobs";
import { log } from "../log";
import { findQuarantined } from "../repositories/find-quarantined";
import { endJob } from "./end-job";
import { inTurn, type Judged, someLeftTheLine, standsInLine } from "./in-turn";
import { lockRepositories } from "./lock-repositories";
import { wakeLine } from "./places";
import { reconcileHolding } from "./reconcile-holding";

export type AgentCtx = Ctx & { actor: Extract<Actor, { kind: "agent" }> };

/** A job as it was just given out. */
export interface HandedOut extends Given {
  kind: Exclude<AgentJobKind, LookKind>;
  repositoryId: string;
}

/** The same for a job that only looks at the machine. */
export interface HandedOutLook extends Given {
  kind: LookKind;
  repositoryId: null;
}

interface Given {
  id: string;
  lease: number;
  clientId: string;
  runId: string;
  planId: string | null;
  payload: unknown;
}

/** Makes what goes over the wire from a job that was just given out; secrets are opened there and nowhere else. */
export type Prepare<Order> = (ctx: AgentCtx, job: HandedOut | HandedOutLook) => Promise<Order>;

/**
 * Gives a machine the jobs it can do now, in one transaction: notes that it spoke, takes back what never reached it, fails what it
 * lost, and hands out what may begin, each under a new lease. Polls of one machine queue behind its row, so that a job goes to
 * one of them only; other writers queue behind the repository's row.
 *
 * `look: "first"` once per poll, with what the machine says it holds; `"again"` after a wake, when that is stale and is not used.
 */
export async function handOutJobs<Order>(
  ctx: AgentCtx,
  input: { poll: PollRequest; look: "first" | "again"; prepare: Prepare<Order> },
): Promise<{ handedOut: Order[]; cancel: string[] }> {
  const { clientId } = ctx.actor;
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const { machine, policy } = input.poll;
    if (input.look === "first") await recordHeartbeat(inTx, { clientId, machine, policy });
    const [client] = await tx
      .select({ provisionedAt: clients.provisionedAt, storageNodeId: clients.storageNodeId })
      .from(clients)
      .where(and(eq(clients.id, clientId), isNull(clients.removedAt)))
      .for("no key update");
    if (!client) return { handedOut: [], cancel: [] };
    if (input.look === "first") await reconcileHolding(inTx, { clientId, holding: input.poll.holding });
    const unfinished = await lockUnfinished(inTx, clientId);
    const cancel = unfinished.filter((job) => job.cancelRequestedAt && isOut(job)).map((job) => job.id);
    const waiting = unfinished.filter((job) => !isOut(job) && !isPutOff(job, ctx.now));
    if (waiting.length === 0) return { handedOut: [], cancel };
    const locked = await lockRepositories(
      inTx,
      waiting.map((job) => job.repositoryId),
    );
    const candidates = waiting.flatMap((job): WaitingJob[] => {
      const repository = locked.byId.get(job.repositoryId ?? "");
      const { lane } = JOB_KINDS[job.kind];
      if (isLook(job.kind)) return [{ id: job.id, kind: job.kind, lane, repository: null }];
      return repository ? [{ id: job.id, kind: job.kind, lane, repository }] : [];
    });
    const verdicts = admit(candidates, {
      freeLanes: input.poll.freeLanes,
      provisioned: client.provisionedAt !== null,
      borgVersion: machine.borgVersion,
      quarantined: await findQuarantined(inTx, { clientId }),
      busyRepositories: locked.busy,
    });
    const handedOut: Order[] = [];
    const queued = { ...client, clientId };
    const settled = await inTurn(inTx, queued, withRows(verdicts, waiting));
    for (const { row, verdict } of settled) {
      const given = await store(inTx, row, verdict);
      const order = given && (await prepareOrder(inTx, given, input.prepare));
      if (order) handedOut.push(order);
    }
    if (someLeftTheLine(settled)) await wakeLine(inTx, { first: 2 });
    return { handedOut, cancel };
  });
}

function withRows(verdicts: ReturnType<typeof admit>, waiting: readonly Unfinished[]): Judged<Unfinished>[] {
  return verdicts.flatMap(({ job, verdict }) => {
    const row = waiting.find((one) => one.id === job.id);
    return row ? [{ row, verdict }] : [];
  });
}

function isPutOff(job: Unfinished, now: Date): boolean {
  return job.notBefore !== null && job.notBefore > now;
}

type Unfinished = Awaited<ReturnType<typeof lockUnfinished>>[number];

function isOut(job: Unfinished): boolean {
  return job.state === "assigned" || job.state === "running";
}

/** The machine's unfinished jobs: those that are out, then by priority, oldest first. One that is being reported on or cancelled right now is left out: it is not ours to give. */
async function lockUnfinished(ctx: Ctx, clientId: string) {
  const rows = await ctx.db
    .select({
      id: jobs.id,
      kind: jobs.kind,
      state: jobs.state,
      problem: jobs.problem,
      repositoryId: jobs.repositoryId,
      cancelRequestedAt: jobs.cancelRequestedAt,
      lane: jobs.lane,
      priority: jobs.priority,
      notBefore: jobs.notBefore,
      turnAt: jobs.turnAt,
    })
    .from(jobs)
    .where(and(eq(jobs.clientId, clientId), eq(jobs.executor, "agent"), isNull(jobs.endedAt)))
    .orderBy(
      sql`${jobs.state} in ('assigned', 'running') desc`,
      desc(jobs.priority),
      asc(jobs.createdAt),
      asc(jobs.id),
    )
    .limit(200)
    .for("update", { skipLocked: true });
  return rows.flatMap(({ kind, ...row }) => (isForAgents(kind) ? [{ ...row, kind }] : []));
}

function isForAgents(kind: JobKind): kind is AgentJobKind {
  return JOB_KINDS[kind].executor === "agent";
}

/** Writes a verdict: the hand-out, or the reason for waiting if it is another than before. */
async function store(
  ctx: AgentCtx,
  job: Unfinished,
  verdict: Verdict,
): Promise<HandedOut | HandedOutLook | null> {
  const change = {
    entity: "job",
    id: job.id,
    clientId: ctx.actor.clientId,
  } as const;
  if (verdict.kind !== "hand-out") {
    const state = verdict.kind === "block" ? "blocked" : "queued";
    const turnAt = standsInLine(verdict) ? (job.turnAt ?? ctx.now) : null;
    const same = job.state === state && job.problem?.code === verdict.why.code;
    if (same && turnAt?.getTime() === job.turnAt?.getTime()) return null;
    await ctx.db.update(jobs).set({ state, turnAt, problem: verdict.why }).where(eq(jobs.id, job.id));
    await announce(ctx.db, change);
    return null;
  }
  const [given] = await ctx.db
    .update(jobs)
    .set({
      state: "assigned",
      lease: sql`${jobs.lease} + 1`,
      leaseExpiresAt: new Date(ctx.now.getTime() + LEASE_SECONDS * 1000),
      assignedAt: ctx.now,
      startedAt: null,
      progress: null,
      problem: null,
      notBefore: null,
      turnAt: null,
    })
    .where(and(eq(jobs.id, job.id), inArray(jobs.state, ["queued", "blocked"])))
    .returning();
  if (!given) return null;
  const { kind } = job;
  const { repositoryId } = given;
  if (isLook(kind)) {
    await announce(ctx.db, change);
    return { ...given, kind, repositoryId: null };
  }
  if (repositoryId === null) return null;
  await announce(ctx.db, change);
  return { ...given, kind, repositoryId };
}

/**
 * The order of a job that was just given out. What is missing for now puts the job back with the reason; a job that can never be
 * prepared (its passphrase does not open, its order is unreadable) fails alone, so that it does not stop the machine's other work.
 */
async function prepareOrder<Order>(
  ctx: AgentCtx,
  job: HandedOut | HandedOutLook,
  prepare: Prepare<Order>,
): Promise<Order | null> {
  try {
    return await prepare(ctx, job);
  } catch (problem) {
    if (problem instanceof Refusal) {
      await ctx.db
        .update(jobs)
        .set({ state: "queued", leaseExpiresAt: null, problem: { code: problem.code, say: problem.say } })
        .where(eq(jobs.id, job.id));
      return null;
    }
    const reference = newId();
    log().error({ err: problem, reference, jobId: job.id }, "a job could not be prepared");
    await endJob(ctx, job, {
      state: "failed",
      problem: {
        code: "server-fault",
        say: `The server could not prepare this job. Its log says why, under the reference ${reference}.`,
      },
    });
    return null;
  }
}
