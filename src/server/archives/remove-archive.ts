import type { Authorized } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { enqueueJob } from "../jobs/enqueue-job";
import { appendEntry } from "../journal/append-entry";
import { demandNoSuspicion } from "./anomaly/retention-hold";
import { findQueued, lockArchive } from "./lock-archive";

/**
 * Asks for an archive to go into the trash; the name must be typed as it is. Asking twice answers the job that waits or runs. It can be
 * brought back until a compaction after the trash window. Refuses archive-missing, invalid-input (another name was typed, it is protected, it
 * is in the trash), retention-held.
 */
export async function removeArchive(
  ctx: Ctx,
  may: Authorized<"delete-archives">,
  input: { archiveId: string; typedName: string },
): Promise<{ jobId: string }> {
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const archive = await lockArchive(inTx, may, input);
    if (input.typedName !== archive.name)
      throw invalid(`Type the archive's name, ${archive.name}, to move it to the trash.`);
    if (archive.isTrashed) throw invalid(`${archive.name} is in the trash already.`);
    if (archive.isProtected) throw invalid(`${archive.name} is protected. Take the protection away first.`);
    await demandNoSuspicion(inTx, archive.repositoryId);
    const active = await findQueued(inTx, archive, { kind: "trash-archives" });
    if (active) return active;
    const { clientId } = may;
    const { repositoryId } = archive;
    const payload = { archiveIds: [archive.id] };
    const { jobId } = await enqueueJob(inTx, { kind: "trash-archives", clientId, repositoryId, payload });
    await appendEntry(inTx, {
      action: "archives.trash.asked",
      say: `Asked for the archive ${archive.name} to go into the trash.`,
      ...{ clientId, repositoryId },
      detail: { archiveId: archive.id, name: archive.name, borgId: archive.borgId, jobId },
    });
    return { jobId };
  });
}

function invalid(say: string): Refusal {
  return new Refusal("invalid-input", { say });
}
