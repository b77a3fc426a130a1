import type { Authorized } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { enqueueJob } from "../jobs/enqueue-job";
import { appendEntry } from "../journal/append-entry";
import { findQueued, lockArchive } from "./lock-archive";

/**
 * Asks for an archive to come back from the trash. Asking twice answers the job that waits or runs. The plan's retention judges it again
 * afterwards, unless it is protected. Refuses archive-missing (gone for good), invalid-input (not in the trash).
 */
export async function requestBringBack(
  ctx: Ctx,
  may: Authorized<"delete-archives">,
  input: { archiveId: string },
): Promise<{ jobId: string }> {
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const archive = await lockArchive(inTx, may, input);
    if (!archive.isTrashed)
      throw new Refusal("invalid-input", { say: `${archive.name} is not in the trash.` });
    const active = await findQueued(inTx, archive, { kind: "bring-back-archives" });
    if (active) return active;
    const { clientId } = may;
    const { repositoryId } = archive;
    const payload = { archiveIds: [archive.id] };
    const { jobId } = await enqueueJob(inTx, {
      kind: "bring-back-archives",
      clientId,
      repositoryId,
      payload,
    });
    await appendEntry(inTx, {
      action: "archives.bring-back.asked",
      say: `Asked for the archive ${archive.name} to come back from the trash.`,
      ...{ clientId, repositoryId },
      detail: { archiveId: archive.id, name: archive.name, borgId: archive.borgId, jobId },
    });
    return { jobId };
  });
}
