import { and, inArray, isNotNull, lt, or } from "drizzle-orm";
import type { JobKind } from "~/domain/job";
import type { Ctx } from "../context";
import { jobs } from "../db/schema/jobs";

/** Hours a folder listing is kept to be shown again. A listing can be some hundred kilobytes; reading it anew takes a second. */
const KEPT_HOURS = 24;

/** The same for looks at a live disk: who may look sees the disk of now, and nobody needs to see what was on it. */
const LOOKS_KEPT_HOURS = 1;
/** Searches for gaps say when a machine was searched last; see plans/list-gaps. */
const SEARCHES_KEPT_HOURS = 24 * 30;

/** Removes old folder listings and looks. They are answers, not history: everything else in the jobs table stays. Returns how many. */
export async function purgeFolderListings(ctx: Ctx): Promise<number> {
  const ended = (kinds: JobKind[], hours: number) =>
    and(inArray(jobs.kind, kinds), lt(jobs.endedAt, new Date(ctx.now.getTime() - hours * 3_600_000)));
  const purged = await ctx.db
    .delete(jobs)
    .where(
      and(
        isNotNull(jobs.endedAt),
        or(
          ended(["list-folder"], KEPT_HOURS),
          ended(["browse-disk", "dry-run"], LOOKS_KEPT_HOURS),
          ended(["find-gaps"], SEARCHES_KEPT_HOURS),
        ),
      ),
    )
    .returning({ id: jobs.id });
  return purged.length;
}
