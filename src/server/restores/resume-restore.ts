import { and, eq, isNull, sql } from "drizzle-orm";
import { isEnded } from "~/domain/job";
import { jobPayloads } from "~/domain/job-payload";
import { Refusal } from "~/domain/refusal";
import type { Owner } from "../access/authorize";
import type { Ctx } from "../context";
import { jobs } from "../db/schema/jobs";
import { jobMissing } from "../jobs/find-job-owner";
import { getRestoreJob } from "./get-restore-job";
import { queueRestore } from "./queue-restore";
import { queueThroughParcel } from "./queue-through-parcel";
import { readableArchive, refuseOldAgent, restoringClient } from "./restorable-archive";
import type { RestoreParties } from "./start-restore";

/**
 * Goes on with a restore that ended before it was done, as a new job into the same place: what is whole there is not written again. A second
 * click answers with the job that still waits or runs. Refuses not-found for a job that is no restore, invalid-input for one that is under
 * way or done, and what starting it would refuse.
 */
export async function resumeRestore(
  ctx: Ctx,
  { from, to: may }: RestoreParties,
  input: { jobId: string },
): Promise<{ jobId: string }> {
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const job = await getRestoreJob(inTx, input);
    if (job.clientId !== may.clientId) throw jobMissing();
    const payload = jobPayloads.restore.parse(job.payload);
    if (!isEnded(job.state)) throw cannot("This restore is still under way.");
    const isCut = (job.state === "failed" || job.state === "cancelled") && job.lease > 0;
    if (!isCut || payload.dryRun || payload.database || payload.drill) {
      throw cannot("Only a restore of files that was cut off can be resumed. Start this one again.");
    }
    const first = payload.resumes ?? job.id;
    const [again] = await tx
      .select({ id: jobs.id })
      .from(jobs)
      .where(
        and(
          eq(jobs.clientId, job.clientId),
          eq(jobs.kind, "restore"),
          isNull(jobs.endedAt),
          sql`${jobs.payload} ->> 'resumes' = ${first}`,
        ),
      )
      .limit(1);
    if (again) return { jobId: again.id };
    const found = await readableArchive(inTx, from, payload);
    const { client } = await restoringClient(inTx, may);
    refuseOldAgent(client);
    const { archiveId, archiveName, borgId, parcel, ...rest } = payload;
    const asked = { ...rest, resumes: first };
    const told = {
      say: `Asked to go on with a restore out of the archive ${archiveName} on ${client.name}.`,
      detail: { resumes: job.id, target: payload.target },
    };
    const queued = parcel
      ? await queueThroughParcel(inTx, found, client, { archiveId, archiveName, borgId, ...asked }, told)
      : await queueRestore(inTx, found, asked, told);
    return { jobId: queued.jobId };
  });
}

/** Whose archives a restore reads. Refuses not-found. */
export async function findRestoreSource(ctx: Ctx, input: { jobId: string }): Promise<Owner> {
  const job = await getRestoreJob(ctx, input);
  const { parcel } = jobPayloads.restore.parse(job.payload);
  return { clientId: parcel?.fromClientId ?? job.clientId, missing: jobMissing };
}

function cannot(say: string): Refusal {
  return new Refusal("invalid-input", { say });
}
