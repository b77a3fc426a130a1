import { and, eq, gt, isNull, notExists, sql } from "drizzle-orm";
import { PRIORITIES } from "~/domain/job-priority";
import type { Authorized } from "~/domain/permission";
import { onlineSince } from "../clients/client-row";
import type { Ctx } from "../context";
import { clients } from "../db/schema/clients";
import { jobs } from "../db/schema/jobs";
import { enqueueJob } from "../jobs/enqueue-job";
import { appendEntry } from "../journal/append-entry";
import { startLook } from "./start-look";

/** Has a machine searched for what no plan covers. One that is being searched is answered. Refuses as `startLook` does. */
export async function searchGaps(ctx: Ctx, may: Authorized<"browse-live-disk">): Promise<{ jobId: string }> {
  const [under] = await ctx.db
    .select({ jobId: jobs.id })
    .from(jobs)
    .where(and(eq(jobs.clientId, may.clientId), eq(jobs.kind, "find-gaps"), isNull(jobs.endedAt)))
    .limit(1);
  if (under) return under;
  return startLook(ctx, may, {
    kind: "find-gaps",
    payload: {},
    note: (inTx, { jobId, clientName }) =>
      appendEntry(inTx, {
        action: "disk.searched",
        say: `Had ${clientName} searched for what no plan covers.`,
        clientId: may.clientId,
        detail: { jobId },
      }),
  });
}

/** Hours between two searches that nobody asked for. A machine that was away is searched when it is back. */
const EVERY_HOURS = 24;
/** Machines whose search is begun at one tick: a fleet that comes back does not search all at once. */
const AT_ONCE = 50;

/** Begins the daily search of each machine that allows looking and is connected. May run as often as one likes. Returns how many. */
export async function searchGapsDaily(ctx: Ctx): Promise<number> {
  const since = new Date(ctx.now.getTime() - EVERY_HOURS * 3_600_000);
  const recent = ctx.db
    .select({ one: sql`1` })
    .from(jobs)
    .where(and(eq(jobs.clientId, clients.id), eq(jobs.kind, "find-gaps"), gt(jobs.createdAt, since)));
  return ctx.db.transaction(async (tx) => {
    const due = await tx
      .select({ id: clients.id })
      .from(clients)
      .where(
        and(
          isNull(clients.removedAt),
          gt(clients.lastSeenAt, new Date(onlineSince(ctx.now))),
          sql`${clients.policy} ->> 'browse' = 'true'`,
          notExists(recent),
        ),
      )
      .orderBy(clients.id)
      .limit(AT_ONCE)
      .for("no key update", { of: clients, skipLocked: true });
    for (const { id } of due) {
      const inTx = { ...ctx, db: tx };
      await enqueueJob(inTx, {
        kind: "find-gaps",
        clientId: id,
        payload: {},
        priority: PRIORITIES.maintenance,
      });
    }
    return due.length;
  });
}
