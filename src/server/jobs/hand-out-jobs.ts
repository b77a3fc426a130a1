import { and, asc, desc, eq, inArray, isNull, sql } from "drizzle-orm";
import { admit, type WaitingJob } from "~/domain/admission";
import {
  type AgentJobKind,
  JOB_KINDS,
  type JobKind,
  type KindWithoutRepository,
  LEASE_SECONDS,
  needsNoRepository,
} from "~/domain/job";
import type { Actor } from "~/domain/permission";
import type { PollRequest } from "~/protocol/v1";
import { recordHeartbeat } from "../clients/record-heartbeat";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { clients } from "../db/schema/clients";
import { jobs } from "../db/schema/jobs";
import { findOverQuota } from "../repositories/find-over-quota";
import { findQuarantined } from "../repositories/find-quarantined";
import { findShortage } from "../repositories/find-shortage";
import { inTurn, type Judged, someLeftTheLine } from "./in-turn";
import { lockRepositories } from "./lock-repositories";
import { wakeLine } from "./places";
import { prepareOrder } from "./prepare-order";
import { reconcileHolding } from "./reconcile-holding";
import { writeWaits } from "./write-waits";

export type AgentCtx = Ctx & { actor: Extract<Actor, { kind: "agent" }> };

/** A job as it was just given out. */
export interface HandedOut extends Given {
  kind: Exclude<AgentJobKind, KindWithoutRepository>;
  repositoryId: string;
}

/** The same for a job that looks at the machine, or concerns its agent. */
export interface HandedOutAlone extends Given {
  kind: KindWithoutRepository;
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
export type Prepare<Order> = (ctx: AgentCtx, job: HandedOut | HandedOutAlone) => Promise<Order>;

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
      .select({
        provisionedAt: clients.provisionedAt,
        storageNodeId: clients.storageNodeId,
        quotaBytes: clients.quotaBytes,
      })
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
      if (needsNoRepository(job.kind)) return [{ id: job.id, kind: job.kind, lane, repository: null }];
      return repository ? [{ id: job.id, kind: job.kind, lane, repository }] : [];
    });
    const verdicts = admit(candidates, {
      freeLanes: input.poll.freeLanes,
      provisioned: client.provisionedAt !== null,
      borgVersion: machine.borgVersion,
      quarantined: await findQuarantined(inTx, { clientId }),
      overQuota: await findOverQuota(inTx, { clientId, ...client }),
      shortOfRoom: await findShortage(inTx, { ...client, repositoryIds: backupsInto(candidates) }),
      busyRepositories: locked.busy,
    });
    const handedOut: Order[] = [];
    const queued = { ...client, clientId };
    const settled = await inTurn(inTx, queued, withRows(verdicts, waiting));
    await writeWaits(inTx, { clientId, judged: settled });
    for (const { row, verdict } of settled) {
      const given = verdict.kind === "hand-out" ? await giveOut(inTx, row) : null;
      const order = given && (await prepareOrder(inTx, given, () => input.prepare(inTx, given)));
      if (order) handedOut.push(order);
    }
    if (someLeftTheLine(settled)) await wakeLine(inTx, { first: 2 });
    return { handedOut, cancel };
  });
}

function backupsInto(candidates: readonly WaitingJob[]): string[] {
  return candidates.flatMap(({ kind, repository }) =>
    kind === "backup" && repository ? [repository.id] : [],
  );
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

/** Gives a job out under a new lease; null: somebody ended it meanwhile. */
async function giveOut(ctx: AgentCtx, job: Unfinished): Promise<HandedOut | HandedOutAlone | null> {
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
  if (!needsNoRepository(kind) && repositoryId === null) return null;
  await announce(ctx.db, { entity: "job", id: job.id, clientId: ctx.actor.clientId });
  if (needsNoRepository(kind)) return { ...given, kind, repositoryId: null };
  return repositoryId === null ? null : { ...given, kind, repositoryId };
}
