import type { Authorized } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { enqueueJob } from "../jobs/enqueue-job";
import { appendEntry } from "../journal/append-entry";
import { findQueued, lockArchive } from "./lock-archive";

/**
 * Asks for an archive to be protected, or for its protection to be taken away. Asking the same twice answers the job that waits or runs.
 * Refuses archive-missing, invalid-input (it is in the trash: bring it back first).
 */
export async function requestProtect(
  ctx: Ctx,
  may: Authorized<"delete-archives">,
  input: { archiveId: string; protected: boolean },
): Promise<{ jobId: string }> {
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const archive = await lockArchive(inTx, may, input);
    if (archive.isTrashed) {
      const say = `${archive.name} is in the trash. Bring it back first.`;
      throw new Refusal("invalid-input", { say });
    }
    const wanted = { kind: "protect-archives", protected: input.protected } as const;
    const active = await findQueued(inTx, archive, wanted);
    if (active) return active;
    const { clientId } = may;
    const { repositoryId } = archive;
    const payload = { archiveIds: [archive.id], protected: input.protected };
    const { jobId } = await enqueueJob(inTx, { kind: "protect-archives", clientId, repositoryId, payload });
    await appendEntry(inTx, {
      action: "archives.protect.asked",
      say: input.protected
        ? `Asked for the archive ${archive.name} to be protected.`
        : `Asked for the protection of the archive ${archive.name} to be taken away.`,
      ...{ clientId, repositoryId },
      detail: { archiveId: archive.id, name: archive.name, borgId: archive.borgId, jobId, ...wanted },
    });
    return { jobId };
  });
}
