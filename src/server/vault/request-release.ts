import type { Authorized } from "~/domain/permission";
import type { Ctx } from "../context";
import { enqueueOnce } from "../jobs/enqueue-once";
import { appendEntry } from "../journal/append-entry";
import { findLivingRepository } from "../repositories/find-living-repository";
import { refuseOtherName } from "./incident-to-resolve";

/**
 * Asks for the space that seals from before compactions hold; after it nothing can be rolled back past them. The repository's name must be
 * typed as it is. Refuses not-found, invalid-input.
 */
export async function requestRelease(
  ctx: Ctx,
  may: Authorized<"manage-clients">,
  input: { repositoryId: string; typedName: string },
): Promise<{ jobId: string }> {
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const { clientId, repositoryId, name } = await findLivingRepository(inTx, may, input);
    refuseOtherName(name, input.typedName, "release its old seals");
    const ids = { clientId, repositoryId };
    const { jobId } = await enqueueOnce(
      inTx,
      { kind: "release-old-seals", ...ids, payload: {} },
      { unless: "unfinished" },
    );
    await appendEntry(inTx, {
      action: "vault.old-seals.asked",
      say: `Asked to release the old seals of repository ${name}.`,
      ...ids,
      detail: { jobId },
    });
    return { jobId };
  });
}
