import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import { isEnded, LOOK_KINDS, type LookKind } from "~/domain/job";
import type { JobPayloadOf } from "~/domain/job-payload";
import type { Authorized } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import { onlineSince } from "../clients/client-row";
import type { Ctx } from "../context";
import { clients } from "../db/schema/clients";
import { jobs } from "../db/schema/jobs";
import { cancelJob } from "../jobs/cancel-job";
import { enqueueJob } from "../jobs/enqueue-job";

/** Looks of one machine that may wait or run at once: a script that browses without end must not fill its queue. */
const MOST_AT_ONCE = 20;

/**
 * Has a machine looked at now; `note` journals who asked for what. Refuses client-not-enrolled, client-offline (nobody waits for a look at a
 * machine that is away), target-forbidden when the policy that the machine last told does not allow it, and rate-limited. The machine
 * itself decides again.
 */
export async function startLook<K extends LookKind>(
  ctx: Ctx,
  may: Authorized<"browse-live-disk">,
  look: {
    kind: K;
    payload: JobPayloadOf<K>;
    planId?: string | null;
    /** Writes down who asked for it, in the same transaction. */
    note: (inTx: Ctx, begun: { jobId: string; clientName: string }) => Promise<unknown>;
  },
): Promise<{ jobId: string }> {
  const { clientId } = may;
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const clientName = await demandLookable(inTx, clientId);
    const [busy] = await tx
      .select({ count: sql<number>`count(*)::int` })
      .from(jobs)
      .where(and(eq(jobs.clientId, clientId), isNull(jobs.endedAt), inArray(jobs.kind, [...LOOK_KINDS])));
    if ((busy?.count ?? 0) >= MOST_AT_ONCE) {
      throw new Refusal("rate-limited", {
        say: `${clientName} is being looked at too often just now. Wait a few seconds and try again.`,
        retryAfterSeconds: 5,
      });
    }
    const { kind, payload, planId = null } = look;
    const { jobId } = await enqueueJob(inTx, { kind, clientId, planId, payload });
    await look.note(inTx, { jobId, clientName });
    return { jobId };
  });
}

async function demandLookable(ctx: Ctx, clientId: string): Promise<string> {
  const [client] = await ctx.db
    .select({
      name: clients.name,
      policy: clients.policy,
      lastSeenAt: clients.lastSeenAt,
      removedAt: clients.removedAt,
    })
    .from(clients)
    .where(eq(clients.id, clientId));
  if (!client?.policy || client.removedAt) {
    throw new Refusal("client-not-enrolled", { say: "This machine is not enrolled. Enrol it first." });
  }
  if (client.policy.browse !== true) {
    throw new Refusal("target-forbidden", {
      say: `${client.name} does not allow looking at its files. Its administrator can add "browse": true to policy.json on the machine.`,
    });
  }
  if (client.lastSeenAt === null || client.lastSeenAt <= new Date(onlineSince(ctx.now))) {
    throw new Refusal("client-offline", {
      say: `${client.name} is not connected, so nobody can look at its files. Try again when it is back.`,
    });
  }
  return client.name;
}

/** Ends a look that nobody waits for any more; one that has ended meanwhile is left. */
export async function withdrawLook(
  ctx: Ctx,
  may: Authorized<"browse-live-disk">,
  jobId: string,
): Promise<void> {
  const [job] = await ctx.db.select({ state: jobs.state }).from(jobs).where(eq(jobs.id, jobId));
  if (!job || isEnded(job.state)) return;
  try {
    await cancelJob(ctx, may, { jobId });
  } catch (problem) {
    // It ended between the two looks.
    if (!(problem instanceof Refusal && problem.code === "job-ended")) throw problem;
  }
}
