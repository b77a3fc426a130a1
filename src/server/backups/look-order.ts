import { and, asc, eq, isNull } from "drizzle-orm";
import type { LookKind } from "~/domain/job";
import { jobPayloads } from "~/domain/job-payload";
import type { BrowseOrder, DryRunOrder, FindGapsOrder } from "~/protocol/looks";
import type { Ctx } from "../context";
import { plans } from "../db/schema/plans";
import type { HandedOutAlone } from "../jobs/hand-out-jobs";

/** What the agent is told to look at. No secret is in it, and the machine's own policy decides whether it does. */
export async function lookOrder(
  ctx: Ctx,
  job: HandedOutAlone & { kind: LookKind },
): Promise<BrowseOrder | DryRunOrder | FindGapsOrder> {
  const head = { jobId: job.id, lease: job.lease };
  switch (job.kind) {
    case "browse-disk":
      return { kind: "browse-disk", ...head, ...jobPayloads["browse-disk"].parse(job.payload) };
    case "dry-run":
      return { kind: "dry-run", ...head, ...jobPayloads["dry-run"].parse(job.payload) };
    case "find-gaps":
      return { kind: "find-gaps", ...head, plans: await readingPlans(ctx, job.clientId) };
  }
}

/** What the machine's plans read at the moment of the hand-out: a plan saved while the search waited counts. */
async function readingPlans(ctx: Ctx, clientId: string): Promise<FindGapsOrder["plans"]> {
  return ctx.db
    .select({ sources: plans.sources, excludes: plans.excludes, oneFileSystem: plans.oneFileSystem })
    .from(plans)
    .where(and(eq(plans.clientId, clientId), isNull(plans.removedAt)))
    .orderBy(asc(plans.id))
    .limit(200);
}
