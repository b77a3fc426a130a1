import { randomBytes } from "node:crypto";
import { and, eq, isNull, sql } from "drizzle-orm";
import type { DrillScope } from "~/domain/drill";
import type { Ctx } from "../../context";
import { jobs } from "../../db/schema/jobs";
import type { archiveLedger } from "../../db/schema/vault";
import { endJob } from "../../jobs/end-job";
import { enqueueJob } from "../../jobs/enqueue-job";
import { lockRepositories } from "../../jobs/lock-repositories";
import { archiveOf } from "../queue-restore";
import type { RestoreParties } from "../start-restore";
import { bringOntoClient } from "./bring-onto-client";

/** How many files are drawn where no plan says it. */
export const USUAL_FILES = 10;

/** Hours for which a drill waits for the other machine: longer than packing and restoring may take, so then that machine was away. */
const WAITS_HOURS = 72;

/**
 * Queues a drill of an archive unless one of it waits or runs; then that one is answered. `onto` another machine it waits for a restore there,
 * which begins the run. In the caller's transaction. Refuses what such a restore refuses, and agent-too-old.
 */
export async function queueDrill(
  ctx: Ctx,
  archive: typeof archiveLedger.$inferSelect,
  given: { clientId: string; scope: DrillScope; files: number; onto: RestoreParties | null },
): Promise<{ jobId: string; isNew: boolean }> {
  const { repositoryId, planId } = archive;
  await lockRepositories(ctx, [repositoryId]);
  const [there] = await ctx.db
    .select({ jobId: jobs.id })
    .from(jobs)
    .where(
      and(
        eq(jobs.repositoryId, repositoryId),
        eq(jobs.kind, "drill"),
        isNull(jobs.endedAt),
        sql`${jobs.payload} ->> 'archiveId' = ${archive.id} and ${jobs.payload} ->> 'scope' = ${given.scope}`,
        sql`${jobs.payload} -> 'onto' ->> 'clientId' is not distinct from ${given.onto?.to.clientId ?? null}`,
      ),
    )
    .limit(1);
  if (there) return { ...there, isNew: false };
  const { scope, files, onto } = given;
  const asked = { scope, files, seed: newSeed() };
  const brought = onto ? await bringOntoClient(ctx, archive, asked, onto) : null;
  const { jobId } = await enqueueJob(ctx, {
    kind: "drill",
    ...{ clientId: given.clientId, repositoryId, planId },
    payload: { ...archiveOf({ archive }), ...asked, ...(brought ? { onto: brought.onto } : {}) },
    ...(brought
      ? {
          runId: brought.runId,
          notBefore: new Date(ctx.now.getTime() + WAITS_HOURS * 3_600_000),
          problem: {
            code: "waits-for-restore",
            say: `Waits until ${brought.name} has brought the files back.`,
          },
        }
      : {}),
  });
  return { jobId, isNew: true };
}

/** Leaves a drill that could not even be queued as a failed job, with the reason. In the caller's transaction. */
export async function noteNotMade(
  ctx: Ctx,
  archive: typeof archiveLedger.$inferSelect,
  { clientId, say, ...asked }: { clientId: string; scope: DrillScope; files: number; say: string },
): Promise<void> {
  const { jobId } = await enqueueJob(ctx, {
    kind: "drill",
    ...{ clientId, repositoryId: archive.repositoryId, planId: archive.planId },
    payload: { ...archiveOf({ archive }), ...asked, seed: newSeed() },
  });
  const [job] = await ctx.db.select().from(jobs).where(eq(jobs.id, jobId));
  if (job) await endJob(ctx, job, { state: "failed", problem: { code: "drill-not-made", say } });
}

const newSeed = () => randomBytes(16).toString("hex");
