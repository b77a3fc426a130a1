import type { PollRequest, PollResponse } from "~/protocol/v1";
import { jobOrder } from "~/protocol/v1";
import { backupOrder } from "../backups/backup-order";
import { lookOrder } from "../backups/look-order";
import { changeFeed } from "../change-feed";
import { doorbell } from "../doorbell";
import { type AgentCtx, type HandedOut, type HandedOutAlone, handOutJobs } from "../jobs/hand-out-jobs";
import { restoreOrder } from "../restores/restore-order";
import { onShutdown } from "../shutdown";
import { updateOrder } from "../updates/agent/update-order";

/** A poll that has only cancellations to tell at its beginning is answered after this long, so that an agent which is stopping
 *  borg does not ask again in a tight circle; a new cancellation during the poll is told at once. */
const CANCEL_PAUSE_MS = 1000;

/**
 * Answers a poll as soon as there is something to do, at the latest after `waitSeconds`. While it waits it holds no connection and
 * no transaction, only a place in the change feed. `reason: "shutdown"` when this process stops: ask again after a short pause.
 *
 * Whoever is woken shows the key anew (`again`): work that comes up goes to no machine whose key was revoked while it waited.
 */
export async function holdPoll(
  ctx: AgentCtx,
  poll: PollRequest,
  { again, signal }: { again: () => Promise<AgentCtx>; signal: AbortSignal },
): Promise<PollResponse> {
  const bell = doorbell();
  const feed = await changeFeed();
  // Listen first, then look: work that comes in between rings.
  const unlisten = feed.onAgentWake(ctx.actor.clientId, bell.ring);
  const stopping = new AbortController();
  const unhook = onShutdown(() => stopping.abort());
  const over = AbortSignal.any([signal, stopping.signal]);
  try {
    const beganAt = performance.now();
    let found = await look(ctx, poll, "first");
    const holdMs =
      found.cancel.length > 0 ? Math.min(poll.waitSeconds * 1000, CANCEL_PAUSE_MS) : poll.waitSeconds * 1000;
    while (found.jobs.length === 0) {
      const why = await bell.wait({ ms: Math.max(0, beganAt + holdMs - performance.now()), signal: over });
      if (why !== "rung") return reply(found, stopping.signal.aborted ? "shutdown" : "time");
      const known = found.cancel;
      found = await look(await again(), poll, "again");
      if (found.cancel.some((jobId) => !known.includes(jobId))) break;
    }
    return reply(found, "work");
  } finally {
    unlisten();
    unhook();
  }
}

type Found = Pick<PollResponse, "jobs" | "cancel">;

async function look(ctx: AgentCtx, poll: PollRequest, which: "first" | "again"): Promise<Found> {
  const { handedOut, cancel } = await handOutJobs(ctx, { poll, look: which, prepare: orderOf });
  return { jobs: handedOut, cancel };
}

/** The order as it goes over the wire; parsed, so that what an older row holds can never reach an agent half understood. */
async function orderOf(ctx: AgentCtx, job: HandedOut | HandedOutAlone) {
  return jobOrder.parse(await unparsed(ctx, job));
}

function unparsed(ctx: AgentCtx, job: HandedOut | HandedOutAlone) {
  switch (job.kind) {
    case "backup":
      return backupOrder(ctx, job);
    case "restore":
      return restoreOrder(ctx, job);
    case "browse-disk":
    case "dry-run":
    case "find-gaps":
      return lookOrder(ctx, { ...job, kind: job.kind });
    case "update-agent":
      return updateOrder(ctx, job);
  }
}

function reply(found: Found, reason: PollResponse["reason"]): PollResponse {
  const hasWork = found.jobs.length > 0 || found.cancel.length > 0;
  return {
    serverTime: new Date().toISOString(),
    ...found,
    reason: hasWork && reason !== "shutdown" ? "work" : reason,
  };
}
