import { and, asc, inArray } from "drizzle-orm";
import { WRITING_KINDS } from "~/domain/job";
import type { Ctx } from "../context";
import { jobs } from "../db/schema/jobs";
import { repositories } from "../db/schema/repositories";

type Repository = Pick<typeof repositories.$inferSelect, "id" | "state" | "problem">;

/**
 * Locks repositories until the end of the caller's transaction against every other decision about who writes to them, and tells
 * in which somebody writes now. Always in the order of their ids, so that two callers cannot wait for one another. Whoever moves a
 * writing job to `assigned` or `running` calls this first; the unique index `jobs_one_writer_per_repository` then never fires.
 */
export async function lockRepositories(
  ctx: Ctx,
  ids: readonly (string | null)[],
): Promise<{ byId: Map<string, Repository>; busy: Set<string> }> {
  const wanted = [...new Set(ids.filter((id) => id !== null))];
  if (wanted.length === 0) return { byId: new Map(), busy: new Set() };
  const rows = await ctx.db
    .select({ id: repositories.id, state: repositories.state, problem: repositories.problem })
    .from(repositories)
    .where(inArray(repositories.id, wanted))
    .orderBy(asc(repositories.id))
    .limit(wanted.length)
    .for("no key update");
  // A statement of its own: it must see what the holder of the lock before us has committed.
  const writers = await ctx.db
    .select({ repositoryId: jobs.repositoryId })
    .from(jobs)
    .where(
      and(
        inArray(jobs.repositoryId, wanted),
        inArray(jobs.state, ["assigned", "running"]),
        inArray(jobs.kind, [...WRITING_KINDS]),
      ),
    )
    .limit(wanted.length);
  return {
    byId: new Map(rows.map((row) => [row.id, row])),
    busy: new Set(writers.flatMap((row) => (row.repositoryId ? [row.repositoryId] : []))),
  };
}
