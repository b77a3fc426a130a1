import { eq } from "drizzle-orm";
import { type JobPayloadOf, jobPayloads } from "~/domain/job-payload";
import type { Ctx } from "../context";
import { jobs } from "../db/schema/jobs";
import { parcels } from "../db/schema/restores";
import { releaseJob } from "../jobs/release-job";
import type { Keeper } from "../keeper-port";
import { openPassphrase } from "../repositories/passphrase";
import { openParcelPassphrase } from "./parcel-passphrase";

/**
 * Has the keeper make a parcel, and lets the restore begin that waits for it. May run twice: the parcel is then made anew. A restore that was
 * cancelled meanwhile needs none.
 */
export async function makeParcel(
  ctx: Ctx,
  keeper: Keeper,
  job: { clientId: string; repositoryId: string } & JobPayloadOf<"make-parcel">,
): Promise<{ files: number; bytes: number }> {
  const { clientId, repositoryId, parcelId, restoreJobId } = job;
  const [restore] = await ctx.db.select().from(jobs).where(eq(jobs.id, restoreJobId));
  const parcelPassphrase = await openParcelPassphrase(ctx, parcelId);
  if (restore?.state !== "queued" || parcelPassphrase === null) {
    await removeParcel(ctx, keeper, { parcelId });
    return { files: 0, bytes: 0 };
  }
  const payload = jobPayloads.restore.parse(restore.payload);
  const { archives } = await keeper.call("make-parcel", {
    ...{ clientId, repositoryId, passphrase: await openPassphrase(ctx, repositoryId) },
    ...{ parcelId, parcelPassphrase, toClientId: restore.clientId, bytes: payload.totals?.bytes ?? null },
    parts: [payload, ...(payload.more ?? [])].map(({ borgId, archiveName, paths }) => ({
      ...{ borgId, archiveName, paths },
    })),
  });
  const sum = (of: "files" | "bytes") => archives.reduce((total, archive) => total + archive[of], 0);
  const totals = { files: sum("files"), bytes: sum("bytes") };
  const parcel = payload.parcel && {
    ...payload.parcel,
    archives: archives.map(({ borgId, name }) => ({ borgId, name })),
  };
  const isAwaited = await releaseJob(ctx, {
    jobId: restoreJobId,
    payload: { ...payload, totals, ...(parcel ? { parcel } : {}) },
  });
  if (!isAwaited) await removeParcel(ctx, keeper, { parcelId });
  return totals;
}

/** Has the keeper take a parcel away. May run twice. */
export async function removeParcel(
  ctx: Ctx,
  keeper: Keeper,
  { parcelId }: { parcelId: string },
): Promise<{ wasThere: boolean }> {
  const removed = await keeper.call("remove-parcel", { parcelId });
  await ctx.db.delete(parcels).where(eq(parcels.id, parcelId));
  return removed;
}
