import { and, desc, eq, gt, isNull, sql } from "drizzle-orm";
import { isGapClosed, type ReadingPlan } from "~/domain/gap";
import type { Authorized } from "~/domain/permission";
import type { Gap } from "~/protocol/looks";
import type { Ctx } from "../context";
import { clientGaps } from "../db/schema/clients";
import { jobs } from "../db/schema/jobs";
import { plans } from "../db/schema/plans";

export interface FoundGap extends Gap {
  foundAt: Date;
  /** Since when somebody says that it needs no backup; null: nobody does. */
  dismissedAt: Date | null;
}

export interface Gaps {
  /** Largest first; of unknown size before them. */
  gaps: FoundGap[];
  /** When the machine was searched last; null: not in the last days. */
  searchedAt: Date | null;
  /** The search that waits or runs now. */
  searchingJobId: string | null;
}

/** Days that the job of a search is kept; see jobs/purge-folder-listings. */
const SEARCHES_KEPT_DAYS = 30;
const MOST_SHOWN = 500;

/** Paths of a client that none of its plans covers, by its last search and the plans of now. */
export async function listGaps(ctx: Ctx, may: Authorized<"view">): Promise<Gaps> {
  const { clientId } = may;
  const found = await ctx.db
    .select()
    .from(clientGaps)
    .where(eq(clientGaps.clientId, clientId))
    .orderBy(sql`${clientGaps.bytes} desc nulls first`, clientGaps.path)
    .limit(MOST_SHOWN);
  const reading = found.length === 0 ? [] : await readingPlans(ctx, clientId);
  const since = new Date(ctx.now.getTime() - SEARCHES_KEPT_DAYS * 86_400_000);
  const [search] = await ctx.db
    .select({ id: jobs.id, state: jobs.state, endedAt: jobs.endedAt })
    .from(jobs)
    .where(and(eq(jobs.clientId, clientId), eq(jobs.kind, "find-gaps"), gt(jobs.createdAt, since)))
    .orderBy(desc(jobs.createdAt))
    .limit(1);
  const [done] =
    search === undefined || search.state === "succeeded"
      ? [search]
      : await ctx.db
          .select({ endedAt: jobs.endedAt })
          .from(jobs)
          .where(
            and(
              ...[eq(jobs.clientId, clientId), eq(jobs.kind, "find-gaps"), gt(jobs.createdAt, since)],
              eq(jobs.state, "succeeded"),
            ),
          )
          .orderBy(desc(jobs.createdAt))
          .limit(1);
  return {
    gaps: found.filter((gap) => !isGapClosed(gap, reading)).map(({ clientId: _, ...gap }) => gap),
    searchedAt: done?.endedAt ?? null,
    searchingJobId: search && search.endedAt === null ? search.id : null,
  };
}

async function readingPlans(ctx: Ctx, clientId: string): Promise<ReadingPlan[]> {
  const rows = await ctx.db
    .select({ sources: plans.sources, oneFileSystem: plans.oneFileSystem, options: plans.options })
    .from(plans)
    .where(and(eq(plans.clientId, clientId), isNull(plans.removedAt)))
    .orderBy(plans.id)
    .limit(200);
  return rows.map(({ sources, oneFileSystem, options }) => ({
    sources,
    oneFileSystem,
    engines: (options.databases ?? []).map(({ engine }) => engine),
  }));
}
