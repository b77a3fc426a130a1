import type { JobPayloadOf } from "~/domain/job-payload";
import type { Authorized } from "~/domain/permission";
import type { Ctx } from "../context";
import { enqueueJob } from "../jobs/enqueue-job";
import { appendEntry } from "../journal/append-entry";
import { findLivingRepository } from "../repositories/find-living-repository";

/** Trash window, days that an old seal is kept, and the floor. */
export type VaultRules = JobPayloadOf<"set-vault-rules">;

/** Asks the keeper for other vault rules of a repository; looser ones come into force later. Refuses not-found. */
export async function requestRules(
  ctx: Ctx,
  may: Authorized<"manage-clients">,
  input: { repositoryId: string; rules: VaultRules },
): Promise<{ jobId: string }> {
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const { clientId, repositoryId, name } = await findLivingRepository(inTx, may, input);
    const ids = { clientId, repositoryId };
    const { jobId } = await enqueueJob(inTx, { kind: "set-vault-rules", ...ids, payload: input.rules });
    await appendEntry(inTx, {
      action: "vault.rules.asked",
      say: `Asked for other vault rules of repository ${name}: ${sayRules(input.rules)}.`,
      ...ids,
      detail: { jobId, rules: input.rules },
    });
    return { jobId };
  });
}

export function sayRules(rules: VaultRules): string {
  return `${rules.trashDays} days in the trash, old seals kept ${rules.keepOldSealDays} days, never fewer than the newest ${rules.floorNewest} archives, one a week for ${rules.floorWeeklyDays} days`;
}
